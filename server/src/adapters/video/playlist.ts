/** Writes the live playlist of one camera from its ring: every micro-segment is a segment, and players start at the last key frame. */
import type { Segment, SegmentRing } from './segment-ring.ts'

/** Seconds a playlist reaches back at least, where the ring holds them; more only to begin at a key frame. */
const windowSeconds = 4

/** File names beside the playlist, relative so that they inherit its signature. */
export const playlistName = 'index.m3u8'
/** What was kept on disk, `?from=&to=` in epoch milliseconds. */
export const recordedName = 'recorded.m3u8'
export const segmentName = (msn: number): string => `${msn}.m4s`
export const initName = (generation: number): string => `init-${generation}.mp4`

/** The segments a playlist names: from the newest key frame that gives at least the window, so that the first one listed can be decoded. */
export function playlistWindow(segments: readonly Segment[]): readonly Segment[] {
  let seconds = 0
  let from = 0
  for (let index = segments.length - 1; index >= 0; index--) {
    const segment = segments[index] as Segment
    seconds += segment.duration
    if (segment.keyframe && seconds >= windowSeconds) {
      from = index
      break
    }
  }
  // A stream never shown from its first key frame on (an old ring cut in the middle of a long group) starts at the first one it has.
  const firstKey = segments.findIndex((segment) => segment.keyframe)
  return segments.slice(Math.max(from, firstKey))
}

/** The playlist text, or undefined while there is no segment with a key frame. Times are UTC in the text. */
export function renderPlaylist(ring: SegmentRing): string | undefined {
  const segments = playlistWindow(ring.segments)
  const first = segments[0]
  if (!first?.keyframe) return undefined
  let behindLive = 0
  let startOffset = 0
  let longest = 0
  for (let index = segments.length - 1; index >= 0; index--) {
    const segment = segments[index] as Segment
    behindLive += segment.duration
    longest = Math.max(longest, segment.duration)
    if (segment.keyframe && startOffset === 0) startOffset = behindLive
  }
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    `#EXT-X-TARGETDURATION:${Math.max(1, Math.ceil(longest))}`,
    '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES',
    `#EXT-X-MEDIA-SEQUENCE:${first.msn}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${ring.discontinuitiesBefore(first.msn)}`,
    `#EXT-X-START:TIME-OFFSET=-${startOffset.toFixed(3)},PRECISE=YES`,
  ]
  let generation: number | undefined
  for (const segment of segments) {
    if (segment.generation !== generation) {
      if (generation !== undefined) lines.push('#EXT-X-DISCONTINUITY')
      lines.push(`#EXT-X-MAP:URI="${initName(segment.generation)}"`)
    }
    if (segment.keyframe || segment.generation !== generation) lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.at).toISOString()}`)
    generation = segment.generation
    lines.push(`#EXTINF:${segment.duration.toFixed(4)},`, segmentName(segment.msn))
  }
  return `${lines.join('\n')}\n`
}
