/** Favourites (收藏): named lists of cameras that belong to one account. Nobody else reads or writes them. */
import type { Ask, Decision } from '../../kernel/command.ts'
import type { JournalEvent } from '../../kernel/event.ts'
import type { Projection, Row } from '../../kernel/projection.ts'
import { Exact, type Static } from '../../kernel/schema.ts'
import { SetCameras, SetId, SetName } from './set-commands.ts'
import { unfound, withHidden } from './set-decide.ts'

export const SaveFavourites = Exact({ id: SetId, name: SetName, cameras: SetCameras })
export type SaveFavourites = Static<typeof SaveFavourites>
export const RemoveFavourites = Exact({ id: SetId })
export type RemoveFavourites = Static<typeof RemoveFavourites>

interface Favourites extends SaveFavourites {
  /** Name of the account. */
  readonly owner: string
}
export type FavouritesSaved = JournalEvent<'favourites.saved', Favourites>
export type FavouritesRemoved = JournalEvent<'favourites.removed', Omit<Favourites, 'cameras'>>

export interface FavouritesRow extends Row, Favourites {
  /** Epoch milliseconds at which the journal took it. */
  readonly savedAt: number
}

/** Ids are each account's own: that somebody else has one of this name is no news to anybody. */
export const favouritesKey = (owner: string, id: string): string => `${owner}/${id}`
export const favouritesSubject = (owner: string, id: string): string => `favourites:${favouritesKey(owner, id)}`

/** Table `favourites`: each account sees its own rows. */
export const favourites: Projection<FavouritesRow> = {
  name: 'favourites',
  version: 1,
  scope: 'own',
  eventTypes: ['favourites.saved', 'favourites.removed'],
  keys: (event) => {
    const { owner, id } = (event as FavouritesSaved | FavouritesRemoved).data
    return [favouritesKey(owner, id)]
  },
  evolve: (_row, event) =>
    event.type === 'favourites.saved' ? { ...(event as FavouritesSaved).data, savedAt: event.recordedAt, updatedSeq: event.seq } : null,
  area: (row) => row.owner,
}

const rowOf = (id: string, ask: Ask): FavouritesRow | undefined => ask.row<FavouritesRow>('favourites', favouritesKey(ask.sender, id))

export function decideSaveFavourites({ id, name, cameras }: SaveFavourites, ask: Ask): Decision {
  const data: Favourites = { id, name, cameras: [...withHidden(cameras, rowOf(id, ask)?.cameras, ask)], owner: ask.sender }
  return unfound(cameras, ask) ?? [{ type: 'favourites.saved', area: ask.scope, subject: favouritesSubject(ask.sender, id), data }]
}

export function decideRemoveFavourites({ id }: RemoveFavourites, ask: Ask): Decision {
  const row = rowOf(id, ask)
  if (!row) return { refused: 'unknown-set', because: 'state', path: '/data/id', message: 'you have no such favourites' }
  const data = { id, name: row.name, owner: ask.sender }
  return [{ type: 'favourites.removed', area: ask.scope, subject: favouritesSubject(ask.sender, id), data }]
}
