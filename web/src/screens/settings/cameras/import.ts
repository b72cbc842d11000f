/** Sends a list of cameras to the server and hears how far it is; and pulls the list of a media server. Nothing is kept in the page. */
import type { CameraBackend, SiteKind } from '@orchid/shared/domain/cameras/events'
import type { Crs } from '@orchid/shared/kernel/geo'
import type { CameraImportAnswer, RefusedRow } from '@orchid/shared/protocol/api'

export interface ImportOptions {
  /** System of the coordinates; '': each row names its own. */
  readonly crs: Crs | ''
  /** '': told by the bytes. */
  readonly encoding: '' | 'UTF-8' | 'GB18030'
  readonly siteKind: SiteKind | ''
  readonly backend: CameraBackend | ''
  readonly mode: 'good-rows' | 'all-or-nothing'
  readonly reason: string
}
export interface Pulled {
  readonly server: 'wvp' | 'mediamtx' | 'zlmediakit'
  readonly address: string
  readonly playAddress: string
  readonly credential: string
}

/** `sent`: bytes of the file that are gone out; `check` and `store`: rows read, stored. */
export type Progress = { readonly step: 'send' } | { readonly step: 'check' | 'store'; readonly rows: number }

export type Outcome =
  | { readonly is: 'done'; readonly answer: CameraImportAnswer }
  | {
      readonly is: 'failed'
      readonly code: string
      readonly detail: string
      readonly tally?: Pick<CameraImportAnswer, 'created' | 'updated' | 'unchanged' | 'refused' | 'refusedCount'>
    }

interface Line extends Partial<CameraImportAnswer> {
  readonly step?: string
  readonly rows?: number
  readonly code?: string
  readonly detail?: string
}

/** The outcome a last line or a problem tells; `undefined` for a line of progress. */
export function outcomeOf(line: Line): Outcome | undefined {
  if (line.step === 'done' || (line.step === undefined && line.code === undefined && line.created !== undefined))
    return { is: 'done', answer: line as CameraImportAnswer }
  if (line.step !== 'failed' && line.code === undefined) return undefined
  const { created, updated, unchanged, refused, refusedCount } = line
  return {
    is: 'failed',
    code: line.code ?? 'unknown',
    detail: line.detail ?? '',
    ...(created !== undefined && {
      tally: { created, updated: updated ?? 0, unchanged: unchanged ?? 0, refused: refused ?? [], refusedCount: refusedCount ?? 0 },
    }),
  }
}

const UNREACHABLE: Outcome = { is: 'failed', code: 'unreachable', detail: '' }

/** Reads lines of NDJSON as they come and gives the last word; a stream that ends without one broke. */
async function follow(body: ReadableStream<Uint8Array<ArrayBuffer>>, told: (progress: Progress) => void): Promise<Outcome> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    rest += value ?? ''
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines) {
      const line = JSON.parse(text) as Line
      const outcome = outcomeOf(line)
      if (outcome) return outcome
      if ((line.step === 'check' || line.step === 'store') && line.rows !== undefined) told({ step: line.step, rows: line.rows })
    }
    if (done) return UNREACHABLE
  }
}

/** Imports files, or with `preview` tells what would happen. Never throws, except when `signal` aborts. */
export async function importFiles(
  files: readonly File[],
  { crs, encoding, siteKind, backend, mode, reason }: ImportOptions,
  { preview, told, signal }: { preview: boolean; told: (progress: Progress) => void; signal: AbortSignal },
): Promise<Outcome> {
  const query = new URLSearchParams({
    mode,
    preview: preview ? '1' : '0',
    ...(crs && { crs }),
    ...(encoding && { encoding }),
    ...(siteKind && { siteKind }),
    ...(backend && { backend }),
    ...(reason.trim() && { reason: reason.trim() }),
  })
  const form = new FormData()
  for (const file of files) form.append('files', file)
  told({ step: 'send' })
  try {
    const answer = await fetch(`/api/cameras/import?${query}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { accept: 'application/x-ndjson, application/json' },
      body: form,
      signal,
    })
    if (answer.ok && answer.body && /ndjson/.test(answer.headers.get('content-type') ?? '')) return await follow(answer.body, told)
    return outcomeOf({ ...((await answer.json().catch(() => ({}))) as Line), ...(!answer.ok && { step: 'failed' }) }) ?? UNREACHABLE
  } catch (error) {
    if (signal.aborted) throw error
    return UNREACHABLE
  }
}

/** The list of a media server. */
export async function pullList(
  { server, address, playAddress, credential }: Pulled,
  { crs, siteKind, mode, reason }: ImportOptions,
  preview: boolean,
): Promise<Outcome> {
  const body = {
    ...{ server, address: address.trim(), mode, preview },
    ...(playAddress.trim() && { playAddress: playAddress.trim() }),
    ...(credential && { credential }),
    ...(crs && { crs }),
    ...(siteKind && { siteKind }),
    ...(reason.trim() && { reason: reason.trim() }),
  }
  try {
    const answer = await fetch('/api/cameras/pull', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return outcomeOf({ ...((await answer.json().catch(() => ({}))) as Line), ...(!answer.ok && { step: 'failed' }) }) ?? UNREACHABLE
  } catch {
    return UNREACHABLE
  }
}

const cell = (text: string): string => {
  // A spreadsheet must not compute what a list says.
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
/** Refused rows as CSV with a mark by which spreadsheets know UTF-8. */
export const refusedAsCsv = (titles: readonly string[], rows: readonly RefusedRow[], say: (row: RefusedRow) => string): string =>
  `\ufeff${[titles, ...rows.map((row) => [String(row.file ?? 1), String(row.row), row.column ?? '', row.code, say(row)])]
    .map((line) => line.map(cell).join(','))
    .join('\r\n')}\r\n`
