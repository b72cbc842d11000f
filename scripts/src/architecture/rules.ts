/** The rule of the rooms: which room may import which, where each library lives, what shared code may not touch, and no circles. */
import type { Source } from './imports.ts'

/** What a room may import besides itself; the first room whose pattern fits a path is its room. `types` are free for type-only imports. */
interface Room {
  readonly name: string
  readonly of: RegExp
  readonly may: readonly RegExp[]
  readonly types?: readonly RegExp[]
}

const SHARED = /^shared\/src\//
const DOMAIN = /^shared\/src\/domain\//
const KERNEL = /^shared\/src\/kernel\//
const CONFIG = /^server\/src\/config\.ts$/
const PLACE = /^server\/src\/place\.ts$/
const server = (...rooms: string[]): RegExp => new RegExp(`^server/src/(${rooms.join('|')})/`)
const web = (...rooms: string[]): RegExp => new RegExp(`^web/src/(${rooms.join('|')})/`)

/** `$1` in `name` is what the pattern caught: each domain, adapter, feature and screen is a room of its own. */
export const ROOMS: readonly Room[] = [
  { name: 'kernel', of: KERNEL, may: [] },
  { name: 'the domain registry', of: /^shared\/src\/domain\/index\.ts$/, may: [KERNEL, DOMAIN] },
  {
    // Every domain stands on areas. A patrol entry opens an incident in the same append: that one decision is called, not copied.
    name: 'domain $1',
    of: /^shared\/src\/domain\/(\w+)\//,
    may: [
      KERNEL,
      /^shared\/src\/domain\/\w+\/events\.ts$/,
      /^shared\/src\/domain\/areas\/projections\.ts$/,
      /^shared\/src\/domain\/incidents\/decide\.ts$/,
    ],
    types: [/^shared\/src\/domain\/\w+\/(projections|tallies|roles)\.ts$/],
  },
  { name: 'protocol', of: /^shared\/src\/protocol\//, may: [KERNEL], types: [DOMAIN] },

  { name: 'config', of: CONFIG, may: [], types: [/^shared\/src\/protocol\/api\.ts$/] },
  { name: 'place', of: PLACE, may: [] },
  { name: 'journal', of: server('journal'), may: [KERNEL, PLACE] },
  { name: 'projections', of: server('projections'), may: [SHARED, server('journal')] },
  { name: 'commands', of: server('commands'), may: [SHARED, server('journal', 'projections')] },
  { name: 'adapter $1', of: /^server\/src\/adapters\/(\w+)\//, may: [SHARED, CONFIG, server('journal', 'projections', 'commands')] },
  { name: 'app', of: /^server\/src\/(app|main|gateway-main|lifetime|camera-settings)\.ts$/, may: [/^server\/src\//] },

  { name: 'ui', of: web('ui'), may: [SHARED] },
  { name: 'i18n', of: web('i18n'), may: [SHARED, web('ui')] },
  { name: '$1', of: web('live', 'map', 'charts', 'video'), may: [SHARED, web('ui', 'i18n')] },
  { name: 'feature $1', of: /^web\/src\/features\/(\w+)\//, may: [SHARED, web('live', 'map', 'charts', 'video', 'ui', 'i18n')] },
  {
    name: 'screen $1',
    of: /^web\/src\/screens\/([\w-]+)\//,
    may: [SHARED, web('live', 'map', 'charts', 'video', 'ui', 'i18n', 'features')],
  },
  { name: 'the pages', of: /^web\/src\/\w+\.ts$/, may: [/^web\/src\//, SHARED] },

  // The simulator is an outsider: it knows the public interface only.
  { name: 'simulator', of: /^scripts\/src\/simulator\//, may: [SHARED, /^scripts\/src\/(city|demo)\//] },
  { name: 'scripts', of: /^scripts\/src\//, may: [SHARED, /^server\/src\//] },
]

/** A library, by its package name, and the only places that may import it. Benchmarks and the fault runner hold peers and raw measurements. */
const MEASURING = /^scripts\/src\/(bench|chaos)\//
export const LIBRARIES: readonly { readonly of: RegExp; readonly only: readonly RegExp[] }[] = [
  { of: /^ioredis$/, only: [server('journal'), MEASURING] },
  { of: /^(fastify|@fastify\/.+)$/, only: [/^server\/src\/adapters\/http\//, /^server\/src\/app\.ts$/, MEASURING] },
  // What reads files from outside stands where they come in.
  { of: /^(csv-parse|saxes|yauzl|@streamparser\/json)(\/.*)?$/, only: [server('adapters/intake')] },
  { of: /^csv-stringify(\/.*)?$/, only: [server('adapters/http')] },
  { of: /^pinyin-pro$/, only: [server('projections')] },
  { of: /^socket\.io$|^socket\.io-(adapter|parser)$/, only: [/^server\/src\/adapters\/live\//, MEASURING] },
  {
    of: /^(node:)?child_process$/,
    only: [/^server\/src\/adapters\/video\//, /^server\/src\/journal\/embedded-redis\.ts$/, /^scripts\/src\//],
  },
  { of: /^typebox(\/.*)?$/, only: [/^shared\/src\/kernel\/schema\.ts$/, /^server\/src\/adapters\/http\//, CONFIG] },
  { of: /^pmtiles$/, only: [/^server\/src\/adapters\/basemap\//] },
  { of: /^leaflet(\/.*)?$/, only: [web('map')] },
  { of: /^(vue-)?echarts(\/.*)?$/, only: [web('charts')] },
  { of: /^hls\.js(\/.*)?$/, only: [web('video')] },
]

const NAMELESS = /(^|\/)(utils?|helpers?|common|misc)(\.|\/)/
const isTest = (path: string): boolean => /\.test\.ts$/.test(path)

/** Every breach as a sentence; empty when all is well. Tests may wire rooms as they like, but shared code stays pure for them too. */
export function breaches(sources: readonly Source[]): string[] {
  const found = sources.filter(({ path }) => NAMELESS.test(path)).map(({ path }) => `${path}: a name that says nothing`)
  for (const source of sources) {
    if (isTest(source.path)) continue
    for (const { name, line } of source.path.startsWith('shared/') ? source.impure : [])
      found.push(`${source.path}:${line}: shared code uses ${name}`)
    found.push(...importBreaches(source))
  }
  return [...found, ...circles(sources).map((circle) => `a circle of imports: ${circle.join(' → ')}`)]
}

function importBreaches({ path, imports }: Source): string[] {
  const from = roomOf(path)
  if (!from) return [`${path}: stands in no room`]
  return imports.flatMap(({ to, line, typeOnly }) => {
    const library = LIBRARIES.find(({ of }) => of.test(to))
    if (library && !library.only.some((place) => place.test(path))) return [`${path}:${line}: ${to} does not belong in ${from.name}`]
    if (!/^(shared|server|web|scripts)\//.test(to)) return []
    const allowed =
      roomOf(to)?.name === from.name ||
      from.may.some((place) => place.test(to)) ||
      (typeOnly && from.types?.some((place) => place.test(to)))
    return allowed ? [] : [`${path}:${line}: ${from.name} may not import ${to}`]
  })
}

function roomOf(path: string): (Room & { name: string }) | undefined {
  for (const room of ROOMS) {
    const match = room.of.exec(path)
    if (match) return { ...room, name: room.name.replace('$1', match[1] ?? '') }
  }
  return undefined
}

/** Circles among files, each once. Type-only imports are gone when the program runs, so they close none. */
function circles(sources: readonly Source[]): string[][] {
  const next = new Map(sources.map(({ path, imports }) => [path, imports.filter((i) => !i.typeOnly).map((i) => i.to)]))
  const done = new Set<string>()
  const found: string[][] = []
  const walk = (path: string, way: string[]): void => {
    const at = way.indexOf(path)
    if (at >= 0) return void found.push([...way.slice(at), path])
    if (done.has(path)) return
    for (const to of next.get(path) ?? []) walk(to, [...way, path])
    done.add(path)
  }
  for (const path of next.keys()) walk(path, [])
  return found
}
