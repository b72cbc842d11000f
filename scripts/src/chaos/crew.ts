/** Who takes part: senders and an officer who write, walls that show, and the control's screens, each behind a link of its own. */
import { performance } from 'node:perf_hooks'
import { CITY } from '../bench/product.ts'
import { type Random, seeded } from '../city/random.ts'
import { Answers } from './ask.ts'
import { ControlScreen, type Relay, startRelay } from './control.ts'
import type { Ground } from './ground.ts'
import type { Ledger } from './ledger.ts'
import { Link } from './link.ts'
import { Officer } from './officer.ts'
import { Sender } from './sender.ts'
import { Wall } from './wall.ts'

const SENDERS = 6
/** Mean milliseconds between two requests of a sender. */
const PAUSE = 200
/** A township on its own, and how much of all that is reported happens there. */
export const TOWNSHIP = '330781109'
const SHARE = 0.25
const TOWNSHIP_TABLES = ['townshipTallies', 'gridTallies', 'incidents', 'hazardDays', 'patrolFeed', 'patrolHours'] as const
export const CITY_TABLES = ['cityTally', ...TOWNSHIP_TABLES, 'sources'] as const
/** Bytes a second of the slow wall's link. */
const CRAWL = 24 * 1024
const SHOWN_WITHIN = 20_000

export interface Crew {
  readonly answers: Answers
  readonly writers: readonly (Sender | Officer)[]
  /** All but the slow one. */
  readonly walls: readonly Wall[]
  readonly slow: Wall
  readonly relay: Relay
  readonly controls: readonly ControlScreen[]
  readonly links: readonly Link[]
  /** Links of walls and controls. */
  readonly screens: readonly Link[]
  close(): Promise<void>
}

/** Everybody who watches is connected and shows the city; nobody writes yet. */
export async function makeCrew(ground: Ground, ledger: Ledger, seed: number): Promise<Crew> {
  const answers = new Answers()
  const links: Link[] = []
  const closing: (() => void | Promise<void>)[] = []
  const close = async (): Promise<void> => {
    await Promise.all(links.map((link) => link.close()))
    for (const end of closing) await end()
  }
  /** A link that prefers one node and takes another where that one is gone. */
  const linkTo = async (name: string, home: number): Promise<Link> => {
    const { nodes } = ground
    const ports = nodes.map((_, i) => nodes[(home + i) % nodes.length]?.port as number)
    const link = await Link.open(name, () => ports)
    links.push(link)
    return link
  }
  const chance = (n: number): Random => seeded(seed * 64 + n)

  try {
    const viewer = await ground.token('chaos-viewer', 'viewer')
    const majian = await ground.token('chaos-viewer-majian', 'viewer', TOWNSHIP)
    const wall = async (name: string, home: number, over: { area?: string; asks?: boolean; token?: string } = {}): Promise<Wall> => {
      const { area = CITY, asks = false, token = viewer } = over
      const made = new Wall({
        name,
        link: await linkTo(name, home),
        token,
        tables: area === CITY ? CITY_TABLES : TOWNSHIP_TABLES,
        area,
        asks,
      })
      closing.push(() => made.close())
      return made
    }
    const walls = [
      await wall('wall 1 (city)', 0),
      await wall('wall 2 (city)', 1),
      await wall('wall 3 (city)', 0, { asks: true }),
      await wall('wall 4 (township by its token)', 1, { area: TOWNSHIP, token: majian }),
      await wall('wall 5 (township it asks for)', 0, { area: TOWNSHIP, asks: true }),
    ]
    const slow = await wall('slow wall (city)', 1)
    const relay = await startRelay(ground.journal, CITY_TABLES, CITY)
    const controls: ControlScreen[] = []
    for (const name of ['control 1', 'control 2']) {
      const link = await Link.open(name, () => [relay.port])
      links.push(link)
      const control = new ControlScreen(name, link, CITY)
      controls.push(control)
      closing.push(() => control.close())
    }
    closing.push(() => relay.close())
    const screens = [...links]
    await until(() => [...walls, slow].every((one) => one.sight()) && controls.every((control) => control.ready))
    slow.link.rate = CRAWL

    const there = ground.grids.filter((grid) => grid.startsWith(TOWNSHIP))
    const copies = Math.ceil((SHARE * ground.grids.length) / ((1 - SHARE) * there.length))
    const grids = [...ground.grids, ...Array.from({ length: copies }, () => there).flat()]
    const writers: (Sender | Officer)[] = []
    for (let i = 1; i <= SENDERS; i++) {
      const name = `chaos-sender-${i}`
      const token = await ground.token(name, 'intake')
      const { base } = await linkTo(`sender ${i}`, i)
      writers.push(new Sender({ name, token, base, random: chance(i), grids, pause: PAUSE, ledger, answers }))
    }
    const token = await ground.token('chaos-officer', 'duty-officer')
    const { base } = await linkTo('the officer', 0)
    writers.push(new Officer({ name: 'chaos-officer', token, base, random: chance(0), ledger, answers }))
    return { answers, writers, walls, slow, relay, controls, links, screens, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function until(what: () => boolean): Promise<void> {
  for (const end = performance.now() + SHOWN_WITHIN; !what(); await new Promise((done) => setTimeout(done, 20)))
    if (performance.now() > end) throw new Error(`the walls did not show the city within ${SHOWN_WITHIN / 1000} s`)
}
