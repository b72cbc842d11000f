/**
 * ZLMediaKit: MPEG-TS over HTTP, which begins at the last key frame and carries H.265 too. Its recordings are files by day. One is loaded as a
 * stream of its own for each opening, since viewers of one file would move each other, and moved to the moment asked for before it is played.
 * Its snapshots are not used: where taking one fails it gives the last one as new. Tried against a fake only; asked of the real one are
 * `getMP4RecordFile`, `loadMP4File` (ended by itself when nobody reads) and `seekRecordStamp` (milliseconds into the file; begins at a key frame).
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { DAY, shanghaiDate, shanghaiDay, shanghaiDayStart } from '@orchid/shared/kernel/time'
import { recordedFeed } from '../byte-feed.ts'
import { CameraFailure } from '../camera-failure.ts'
import { openHttp } from '../http-pull.ts'
import type { AddressedSource, Backend, Opening, Reach, Recording, Span } from './backend.ts'
import { addressAt, servedStream } from './media-servers.ts'
import { askForJson, dataOf, objectOf, textOf } from './server-answer.ts'

interface File extends Recording {
  /** Where it lies on the server's disk, as the server tells it. */
  readonly path: string
}

/** Our own app there: streams of it are loaded files. */
const LOADED = 'orchid-recorded'
/** Milliseconds after which a loaded file must have become a stream that can be moved, and between two tries. */
const [LOADING, AGAIN] = [3_000, 100]

/** `hh-mm-ss.mp4` or `yyyy-mm-dd-hh-mm-ss[-n].mp4`, in Shanghai time. */
const NAME = /(?:^|-)(\d\d)-(\d\d)-(\d\d)(?:-\d+)?\.mp4$/

/** Asks the server's API. Gives the data of its answer. */
async function ask(url: string, call: string, query: Readonly<Record<string, string>>, reach: Reach): Promise<unknown> {
  const { base, credential, fingerprint } = servedStream(url, reach.servers)
  const asked = new URLSearchParams({ secret: credential ?? '', vhost: '__defaultVhost__', ...query })
  return dataOf(await askForJson(addressAt(base, `index/api/${call}?${asked}`, { fingerprint }), reach))
}

/** Files of the days the span touches, oldest first. Where a file ends is known only by the next one. */
async function filesOf(url: string, { from, to }: Span, reach: Reach): Promise<File[]> {
  const { path } = servedStream(url, reach.servers)
  const [app = '', ...stream] = path.split('/').map(decodeURIComponent)
  const files: File[] = []
  for (let day = shanghaiDay(from); day <= shanghaiDay(to) && day - shanghaiDay(from) < 31; day++) {
    const period = shanghaiDate(day)
    const data = objectOf(await ask(url, 'getMP4RecordFile', { app, stream: stream.join('/'), period }, reach))
    for (const name of Array.isArray(data.paths) ? data.paths.map(textOf).sort() : []) {
      const time = NAME.exec(name)
      if (!time) continue
      const [hours, minutes, seconds] = time.slice(1).map(Number) as [number, number, number]
      const begun = shanghaiDayStart(day) + ((hours * 60 + minutes) * 60 + seconds) * 1000
      files.push({ from: begun, path: `${textOf(data.rootPath).replace(/\/$/, '')}/${name}` })
    }
  }
  files.sort((a, b) => a.from - b.from)
  return files
    .map((file, index) => ({ ...file, ...(files[index + 1] && { to: files[index + 1]?.from as number }) }))
    .filter((file) => file.from < to && (file.to ?? file.from + DAY) > from)
}

/** A loaded file is a stream a moment later: until then it cannot be moved, and must not be played from its start. */
async function seek(url: string, query: Readonly<Record<string, string>>, opening: Opening): Promise<void> {
  for (const began = performance.now(); ; ) {
    try {
      await ask(url, 'seekRecordStamp', query, opening)
      return
    } catch (error) {
      if (!(error instanceof CameraFailure) || error.code === 'auth' || performance.now() - began > LOADING) throw error
    }
    await sleep(AGAIN, undefined, { signal: opening.signal }).catch(() => {
      throw new CameraFailure('ended', 'source')
    })
  }
}

export const zlmediakit: Backend<AddressedSource> = {
  async open({ url }, opening) {
    const { base, path, fingerprint } = servedStream(url, opening.servers)
    if (path.split('/').length < 2) throw new CameraFailure('unsupported-address', 'source')
    if (!opening.recorded) return openHttp(addressAt(base, `${path}.live.ts`, { fingerprint }), opening)
    const [file] = await filesOf(url, opening.recorded, opening)
    if (!file) throw new CameraFailure('not-found', 'source')
    const begins = Math.max(file.from, opening.recorded.from)
    const stream = { app: LOADED, stream: randomBytes(12).toString('hex') }
    await ask(url, 'loadMP4File', { ...stream, file_path: file.path }, opening)
    if (begins > file.from) await seek(url, { ...stream, schema: 'ts', stamp: String(begins - file.from) }, opening)
    return recordedFeed(await openHttp(addressAt(base, `${LOADED}/${stream.stream}.live.ts`, { fingerprint }), opening), begins)
  },

  async recordings({ url }, span, reach) {
    return (await filesOf(url, span, reach)).map(({ path: _, ...recording }) => recording)
  },
}
