/**
 * ZLMediaKit: MPEG-TS over HTTP, which begins at the last key frame and carries H.265 too. Its recordings are files by day, played as
 * streams of the app `record`, from the start of the file whatever moment was asked for: the program date-times tell which it is. Its snapshots are not used: where taking one fails it gives the last one as new. Tried against a fake only.
 */
import { DAY, shanghaiDate, shanghaiDay, shanghaiDayStart } from '@orchid/shared/kernel/time'
import { recordedFeed } from '../byte-feed.ts'
import { CameraFailure } from '../camera-failure.ts'
import { openHttp } from '../http-pull.ts'
import type { AddressedSource, Backend, Reach, Recording, Span } from './backend.ts'
import { addressAt, servedStream } from './media-servers.ts'
import { askForJson, dataOf, objectOf, textOf } from './server-answer.ts'

interface File extends Recording {
  /** Path behind the base address. */
  readonly path: string
}

/** `hh-mm-ss.mp4` or `yyyy-mm-dd-hh-mm-ss[-n].mp4`, in Shanghai time. */
const NAME = /(?:^|-)(\d\d)-(\d\d)-(\d\d)(?:-\d+)?\.mp4$/

/** Files of the days the span touches, oldest first. Where a file ends is known only by the next one. */
async function filesOf(url: string, { from, to }: Span, reach: Reach): Promise<File[]> {
  const { base, path, credential, fingerprint } = servedStream(url, reach.servers)
  const [app = '', ...stream] = path.split('/').map(decodeURIComponent)
  const files: File[] = []
  for (let day = shanghaiDay(from); day <= shanghaiDay(to) && day - shanghaiDay(from) < 31; day++) {
    const period = shanghaiDate(day)
    const query = new URLSearchParams({ secret: credential ?? '', vhost: '__defaultVhost__', app, stream: stream.join('/'), period })
    const data = objectOf(dataOf(await askForJson(addressAt(base, `index/api/getMP4RecordFile?${query}`, { fingerprint }), reach)))
    for (const name of Array.isArray(data.paths) ? data.paths.map(textOf).sort() : []) {
      const time = NAME.exec(name)
      if (!time) continue
      const [hours, minutes, seconds] = time.slice(1).map(Number) as [number, number, number]
      const begun = shanghaiDayStart(day) + ((hours * 60 + minutes) * 60 + seconds) * 1000
      files.push({ from: begun, path: `record/${path}/${period}/${encodeURIComponent(name)}` })
    }
  }
  files.sort((a, b) => a.from - b.from)
  return files
    .map((file, index) => ({ ...file, ...(files[index + 1] && { to: files[index + 1]?.from as number }) }))
    .filter((file) => file.from < to && (file.to ?? file.from + DAY) > from)
}

export const zlmediakit: Backend<AddressedSource> = {
  async open({ url }, opening) {
    const { base, path, fingerprint } = servedStream(url, opening.servers)
    if (path.split('/').length < 2) throw new CameraFailure('unsupported-address', 'source')
    if (!opening.recorded) return openHttp(addressAt(base, `${path}.live.ts`, { fingerprint }), opening)
    const [file] = await filesOf(url, opening.recorded, opening)
    if (!file) throw new CameraFailure('not-found', 'source')
    return recordedFeed(await openHttp(addressAt(base, `${file.path}.live.ts`, { fingerprint }), opening), file.from)
  },

  async recordings({ url }, span, reach) {
    return (await filesOf(url, span, reach)).map(({ path: _, ...recording }) => recording)
  },
}
