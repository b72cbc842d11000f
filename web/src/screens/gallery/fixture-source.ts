/** A source of the frames that never change: the invented rows of the gallery, with a beat as if a server were there. */
import { emptyHeld } from '../../live/cursor-rule.ts'
import type { LiveSource, SourceHandlers } from '../../live/source.ts'
import { NOW, ROWS } from './fixture-rows.ts'

const BEAT = 4_000

export class FixtureSource implements LiveSource {
  readonly held = emptyHeld(Object.keys(ROWS))
  #beating: ReturnType<typeof setInterval> | undefined

  start(handlers: SourceHandlers): void {
    for (const [table, rows] of Object.entries(ROWS)) for (const [key, row] of rows) this.held.tables.get(table)?.set(key, row)
    Object.assign(this.held, { epoch: 'sample', cursor: 1 })
    const begun = performance.now()
    const beat = (): void => handlers.beat({ epoch: 'sample', head: 1, serverTime: NOW + performance.now() - begun })
    handlers.status('open')
    handlers.changed(Object.keys(ROWS))
    beat()
    this.#beating = setInterval(beat, BEAT)
  }

  stop(): void {
    clearInterval(this.#beating)
  }
}
