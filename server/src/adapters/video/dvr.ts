/**
 * Keeps the last minutes of chosen cameras on disk (时移), so that "30 seconds ago" can be looked at: chunks of some seconds that begin at a
 * key frame, named by what they hold, so that the folder itself is the index. Old ones go by time, and the oldest of all by the disk budget.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { InitSegment } from './fragment-cutter.ts'
import type { Segment } from './segment-ring.ts'

export interface DvrOptions {
  readonly folder: string
  /** Of all cameras together. */
  readonly budgetBytes: number
  /** Seconds of a chunk at least; default 4. */
  readonly chunkSeconds?: number
  readonly log: { error(o: object, m: string): void }
}

/** Epoch milliseconds. */
export interface Kept {
  readonly from: number
  readonly to: number
}

/** What viewers ask of what was kept, on whichever disk it lies. */
export interface KeptPictures {
  /** What is kept of a span, holes not told; undefined when nothing is. */
  kept(camera: string, span: Kept): Kept | undefined | Promise<Kept | undefined>
  /** A playlist of a span that is over: each chunk with its time. Undefined when nothing is kept of it. */
  playlist(camera: string, span: Kept): string | undefined | Promise<string | undefined>
  /** A file that a playlist names; undefined when it is not, or no longer, there. */
  file(camera: string, name: string): Promise<Buffer | undefined>
}

export interface Dvr extends KeptPictures {
  /** Takes a segment as it arrives. */
  add(camera: string, segment: Segment, init: InitSegment): void
  kept(camera: string, span: Kept): Kept | undefined
  playlist(camera: string, span: Kept): string | undefined
  /** Drops what is older than `keepMs` gives for its camera (undefined: all of it), and the oldest beyond the budget. */
  sweep(keepMs: (camera: string) => number | undefined, now: number): Promise<void>
  /** Resolves when everything taken is written. */
  settled(): Promise<void>
}

interface Chunk {
  readonly name: string
  readonly start: number
  readonly ms: number
  readonly generation: number
  readonly bytes: number
}

interface Open {
  readonly segments: Segment[]
  readonly init: InitSegment
  seconds: number
}

const FOLDER = /^cam-([A-Za-z0-9._-]{1,40})$/
const CHUNK = /^rec-([0-9a-z]+)-([0-9a-z]+)-([0-9a-z]+)-([0-9a-z]+)\.m4s$/
const FILE = /^rec-[0-9a-z-]{1,36}\.m4s$|^rec-init-[0-9a-z]{1,8}\.mp4$/
/** A hole longer than this between two chunks is told as a discontinuity, milliseconds. */
const HOLE = 500
const initName = (generation: number): string => `rec-init-${generation.toString(36)}.mp4`

/** Resolves when what a former run left is found again. */
export async function openDvr({ folder, budgetBytes, chunkSeconds = 4, log }: DvrOptions): Promise<Dvr> {
  const chunks = new Map<string, Chunk[]>()
  const open = new Map<string, Open>()
  /** One write after another for each camera. */
  const writing = new Map<string, Promise<void>>()
  const of = (camera: string): string => join(folder, `cam-${camera}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(folder)) {
    const camera = FOLDER.exec(name)?.[1]
    if (camera === undefined) continue
    const found = (await readdir(of(camera), { withFileTypes: true })).flatMap((file): Chunk[] => {
      const match = CHUNK.exec(file.name)
      if (!match) return []
      const [start, ms, generation, bytes] = match.slice(1).map((text) => Number.parseInt(text, 36)) as [number, number, number, number]
      return [{ name: file.name, start, ms, generation, bytes }]
    })
    chunks.set(
      camera,
      found.sort((a, b) => a.start - b.start),
    )
  }

  function write(camera: string, { segments, init, seconds }: Open): void {
    const [first] = segments as [Segment]
    const data = Buffer.concat(segments.map((segment) => segment.data))
    const [start, ms, { generation }] = [Math.round(first.at), Math.round(seconds * 1000), first]
    const name = `rec-${[start, ms, generation, data.length].map((n) => n.toString(36)).join('-')}.m4s`
    /** Whole from the moment it is there: a player keeps an init segment that it read half-written for good. */
    const place = async (file: string, content: Buffer): Promise<void> => {
      await writeFile(join(of(camera), '.part'), content, { mode: 0o600 })
      await rename(join(of(camera), '.part'), join(of(camera), file))
    }
    const work = async (): Promise<void> => {
      await mkdir(of(camera), { recursive: true, mode: 0o700 })
      // The init segment first: a chunk that is named can be played.
      await place(initName(generation), init.data)
      await place(name, data)
      const list = chunks.get(camera) ?? []
      chunks.set(camera, list)
      list.push({ name, start, ms, generation, bytes: data.length })
    }
    const done = (writing.get(camera) ?? Promise.resolve()).then(work).catch((error) => {
      log.error({ err: error, camera }, 'some seconds of a camera could not be kept')
    })
    writing.set(camera, done)
  }

  const touching = (camera: string, { from, to }: Kept): Chunk[] =>
    (chunks.get(camera) ?? []).filter(({ start, ms }) => start < to && start + ms > from)

  async function drop(camera: string, gone: readonly Chunk[]): Promise<void> {
    const left = (chunks.get(camera) ?? []).filter((chunk) => !gone.includes(chunk))
    chunks.set(camera, left)
    const inits = new Set(gone.map(({ generation }) => generation).filter((g) => !left.some(({ generation }) => generation === g)))
    const running = open.get(camera)?.segments[0]?.generation
    const names = [...gone.map(({ name }) => name), ...[...inits].filter((g) => g !== running).map(initName)]
    await Promise.all(names.map((name) => rm(join(of(camera), name), { force: true })))
    if (left.length > 0 || open.has(camera)) return
    chunks.delete(camera)
    await rm(of(camera), { recursive: true, force: true })
  }

  return {
    add(camera, segment, init) {
      const now = open.get(camera)
      const isOther = now !== undefined && now.segments[0]?.generation !== segment.generation
      if (now && (isOther || (segment.keyframe && now.seconds >= chunkSeconds))) {
        open.delete(camera)
        write(camera, now)
      }
      const current = open.get(camera)
      if (current) {
        current.segments.push(segment)
        current.seconds += segment.duration
      } else if (segment.keyframe) open.set(camera, { segments: [segment], init, seconds: segment.duration })
    },
    kept(camera, span) {
      const found = touching(camera, span)
      const [first, last] = [found[0], found.at(-1)]
      return first && last && { from: Math.max(span.from, first.start), to: Math.min(span.to, last.start + last.ms) }
    },
    playlist(camera, span) {
      const found = touching(camera, span)
      const [first] = found
      if (!first) return undefined
      const lines = [
        '#EXTM3U',
        '#EXT-X-VERSION:7',
        `#EXT-X-TARGETDURATION:${Math.ceil(Math.max(...found.map(({ ms }) => ms)) / 1000)}`,
        '#EXT-X-PLAYLIST-TYPE:VOD',
        '#EXT-X-MEDIA-SEQUENCE:0',
        `#EXT-X-START:TIME-OFFSET=${(Math.max(0, span.from - first.start) / 1000).toFixed(3)},PRECISE=YES`,
      ]
      let before: Chunk | undefined
      for (const chunk of found) {
        const isOther = chunk.generation !== before?.generation
        if (before && (isOther || chunk.start - (before.start + before.ms) > HOLE)) lines.push('#EXT-X-DISCONTINUITY')
        if (isOther) lines.push(`#EXT-X-MAP:URI="${initName(chunk.generation)}"`)
        lines.push(
          `#EXT-X-PROGRAM-DATE-TIME:${new Date(chunk.start).toISOString()}`,
          `#EXTINF:${(chunk.ms / 1000).toFixed(3)},`,
          chunk.name,
        )
        before = chunk
      }
      return `${[...lines, '#EXT-X-ENDLIST'].join('\n')}\n`
    },
    async file(camera, name) {
      if (!FILE.test(name) || !chunks.has(camera)) return undefined
      return readFile(join(of(camera), name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
    },
    async sweep(keepMs, now) {
      for (const camera of new Set([...chunks.keys(), ...open.keys()])) {
        const keep = keepMs(camera)
        if (keep === undefined) open.delete(camera)
        await drop(
          camera,
          (chunks.get(camera) ?? []).filter(({ start, ms }) => keep === undefined || start + ms < now - keep),
        )
      }
      const all = [...chunks]
        .flatMap(([camera, list]) => list.map((chunk) => ({ camera, chunk })))
        .sort((a, b) => a.chunk.start - b.chunk.start)
      let bytes = all.reduce((sum, { chunk }) => sum + chunk.bytes, 0)
      for (const { camera, chunk } of all) {
        if (bytes <= budgetBytes) break
        bytes -= chunk.bytes
        await drop(camera, [chunk])
      }
    },
    settled: async () => void (await Promise.all(writing.values())),
  }
}
