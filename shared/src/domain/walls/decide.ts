/** The rule of the wall's remote: an officer moves the walls of the own area. */
import type { Ask, Decision } from '../../kernel/command.ts'
import { within } from '../../kernel/geo.ts'
import type { SetScene } from './commands.ts'
import { wallKey } from './events.ts'

/** The scene it already shows is said again: somebody may have turned the wall by its own keyboard since. */
export function decideSetScene({ wall, scene, area = '' }: SetScene, ask: Ask): Decision {
  const of = area || ask.scope
  if (!within(ask.scope, of))
    return { refused: 'area-forbidden', because: 'area', path: '/data/area', message: 'area lies outside the area you may write' }
  return [{ type: 'wall.scene-set', area: of, subject: `wall:${wallKey(of, wall)}`, data: { wall, area: of, scene, by: ask.sender } }]
}
