/** Prepares one drawing ffmpeg for a demo camera: the files it reads once, and its arguments. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, lchown, lstat, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CaptionFont } from './caption-font.ts'
import { paintScene, type SceneKind, sceneHeight, sceneRate, sceneWidth } from './demo-scene.ts'
import { ffmpegUser } from './ffmpeg-process.ts'

export interface DemoSource {
  readonly backend: 'demo'
  /** Written into the picture. */
  readonly title: string
  readonly place: string
  readonly siteKind?: SceneKind
}

export interface PreparedDemo {
  readonly input: readonly string[]
  /** Filters and encoder. */
  readonly draw: readonly string[]
  /** Working directory of ffmpeg: all file names in the arguments are relative to it, so nothing needs escaping. */
  readonly cwd: string
  /** ffmpeg has opened everything once the first bytes come out: the files may go then. */
  remove(): Promise<void>
}

// drawtext reads its own escapes inside the filter graph's escapes: colons of the clock need three backslashes here.
const clockText = String.raw`%{localtime\:%Y-%m-%d %H\\\:%M\\\:%S}`
const ink = 'fontcolor=0xeaeef0'

/** One printable line; what a font cannot show is dropped by the caller. */
function captionLine(text: string, font: CaptionFont): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').slice(0, 40)
  return font.chinese ? line : line.replace(/[^\x20-\x7e]/g, '').trim()
}

/** The clock in the picture is Shanghai time whatever the machine's zone is. */
export const demoEnvironment = { TZ: 'CST-8' }

/** Directories are called after the process that makes them. */
const directoryOf = (pid: number): string => `orchid-demo-${pid}-`
const DIRECTORY = /^orchid-demo-(\d+)-\w{6}$/
let cleared: Promise<void> | undefined

/**
 * Removes from `temporary` what processes left that were killed while a camera started; called before this one makes its first, so what has our
 * number is of an earlier process of it. What is not ours stays, and what cannot be read or removed: no camera fails for it.
 */
export async function clearLeftOvers(temporary: string): Promise<void> {
  for (const name of await readdir(temporary).catch(() => [])) {
    const pid = Number(DIRECTORY.exec(name)?.[1])
    if (!pid || (pid !== process.pid && existsSync(`/proc/${pid}`))) continue
    const path = join(temporary, name)
    const owner = (await lstat(path).catch(() => undefined))?.uid
    if (owner === undefined) continue
    if (owner === process.getuid?.()) await rm(path, { recursive: true, force: true }).catch(() => undefined)
    // As its owner: what the owner puts in its place meanwhile is then no more than the owner's.
    else if (owner === ffmpegUser)
      spawn('rm', ['-rf', '--', path], { uid: owner, gid: owner, stdio: 'ignore' }).on('error', () => undefined)
  }
}

/** Writes the files into a directory of their own under the system's temporary directory. */
export async function prepareDemo(id: string, source: DemoSource, font: CaptionFont | undefined): Promise<PreparedDemo> {
  cleared ??= clearLeftOvers(tmpdir())
  await cleared
  const cwd = await mkdtemp(join(tmpdir(), directoryOf(process.pid)))
  const remove = () => rm(cwd, { recursive: true, force: true })
  try {
    const { backdrop, sprites } = paintScene(id, source.siteKind)
    const files: Promise<void>[] = [writeFile(join(cwd, 'backdrop.yuv'), backdrop)]
    const raw = ['-f', 'rawvideo', '-framerate', String(sceneRate)]
    const inputs = [
      ...raw,
      '-pix_fmt',
      'yuv420p',
      '-video_size',
      `${sceneWidth}x${sceneHeight}`,
      '-re',
      '-stream_loop',
      '-1',
      '-i',
      'backdrop.yuv',
    ]
    const steps: string[] = []
    let last = '0:v'
    for (const [index, sprite] of sprites.entries()) {
      files.push(writeFile(join(cwd, `${index}.yuva`), sprite.data))
      inputs.push(...raw, '-pix_fmt', 'yuva420p', '-video_size', `${sprite.width}x${sprite.height}`, '-i', `${index}.yuva`)
      steps.push(`[${last}][${index + 1}:v]overlay=x='${sprite.x}':y='${sprite.y}'[o${index}]`)
      last = `o${index}`
    }
    if (font) {
      const name = captionLine(source.title, font) || id
      const place = captionLine(source.place, font)
      files.push(
        symlink(font.file, join(cwd, 'font')),
        writeFile(join(cwd, 'name'), name),
        writeFile(join(cwd, 'mark'), font.chinese ? '演示 DEMO' : 'DEMO'),
      )
      const words = [
        `drawtext=fontfile=font:textfile=name:expansion=none:x=12:y=9:fontsize=19:${ink}`,
        `drawtext=fontfile=font:text='${clockText}':x=w-tw-12:y=9:fontsize=19:${ink}`,
        `drawtext=fontfile=font:textfile=mark:expansion=none:x=w-tw-12:y=h-24:fontsize=16:${ink}`,
      ]
      if (place) {
        files.push(writeFile(join(cwd, 'place'), place))
        words.push(`drawtext=fontfile=font:textfile=place:expansion=none:x=12:y=h-24:fontsize=16:${ink}`)
      }
      steps.push(`[${last}]${words.join(',')}[out]`)
      last = 'out'
    }
    await Promise.all(files)
    if (ffmpegUser !== undefined) {
      const [user, names] = [ffmpegUser, (await readdir(cwd)).filter((name) => name !== 'font')]
      await Promise.all(names.map((name) => lchown(join(cwd, name), user, user)))
      // The folder last: in a folder of its own another ffmpeg could put links to files of ours in their places.
      await chown(cwd, user, user)
    }
    const encode = [
      '-an',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-tune',
      'zerolatency',
      '-profile:v',
      'baseline',
      '-pix_fmt',
      'yuv420p',
    ]
    const rate = ['-crf', '27', '-g', String(sceneRate), '-keyint_min', String(sceneRate), '-sc_threshold', '0', '-threads', '1']
    return {
      input: ['-filter_complex_threads', '1', ...inputs],
      draw: ['-filter_complex', steps.join(';'), '-map', `[${last}]`, ...encode, ...rate],
      cwd,
      remove,
    }
  } catch (error) {
    await remove()
    throw error
  }
}
