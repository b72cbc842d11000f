/** Sources: programs that send, and whether they are heard. */
import type { JournalEvent } from '../../kernel/event.ts'

export type SourceReturned = JournalEvent<'source.returned', { readonly name: string; readonly sender: string; readonly heardAt: number }>
export type SourceLost = JournalEvent<'source.lost', { readonly name: string; readonly heardAt: number }>
/** At most one in 15 s and source, when its sender was refused something since the last. */
export type SourceRefused = JournalEvent<'source.refused', { readonly name: string; readonly rejected: number; readonly code: string }>
