/** Runs one ffmpeg in a process group of its own, without rights, within limits, nice to the server, and ends the whole group. */
import { type ChildProcess, spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import type { BytePipe } from './byte-pipe.ts'

/** Arguments that make ffmpeg write fragmented MP4 to stdout: each frame a fragment, or one at each key frame and at least every so many microseconds. */
export const fragmentedOutput = (every: 'frame' | number): string[] => [
  ...['-f', 'mp4', '-movflags', `empty_moov+default_base_moof+${every === 'frame' ? 'frag_every_frame' : 'frag_keyframe'}`],
  ...(every === 'frame' ? [] : ['-frag_duration', String(every)]),
  ...['-flush_packets', '1', 'pipe:1'],
]

export interface FfmpegExit {
  readonly code: number | null
  /** Last words of ffmpeg on stderr, for telling the reason; may hold addresses, so never show it. */
  readonly stderr: string
  /** The program could not be started at all. */
  readonly missing: boolean
}

export interface FfmpegProcess {
  readonly pid: number | undefined
  /** Empty where its output goes to a pipe that was given. */
  readonly stdout: Readable
  /** Settles when the process is gone and its pipes are closed. */
  readonly exited: Promise<FfmpegExit>
  /** Ends the whole group at once; ffmpeg has nothing to save. Harmless when it is gone already. */
  kill(): void
}

const stderrLimit = 4096
/** Nobody's number on Debian, which owns nothing. */
const nobody = 65534

/** The user ffmpeg runs as when we are root, of the same number its group; undefined: it runs as we do. */
export const ffmpegUser = process.getuid?.() === 0 ? nobody : undefined

/**
 * It writes no file and no core, holds 1 GiB of memory at most (a remux takes 15 MB, H.265 of 4K some 300) and gains no rights by what it
 * starts. The numbers of bytes are hard limits: the kernel ends it beyond them.
 */
const confined = [
  ...['setpriv', '--no-new-privs'],
  ...['prlimit', '--core=0', '--fsize=0', '--nofile=256', `--data=${1024 ** 3}`],
  ...['nice', '-n', '10'],
]

/**
 * Starts ffmpeg. If our own process dies without a word, ffmpeg ends too: its next write to the closed pipe fails, its stdin ends, and a
 * silent one loses the relay it reads from.
 */
export function startFfmpeg(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>>; bytes?: Readable; output?: BytePipe },
): FfmpegProcess {
  // The environment is not handed down: it holds the server's own secrets.
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', ...options.env }
  const [first, ...rest] = confined as [string, ...string[]]
  const child: ChildProcess = spawn(first, [...rest, program, ...args], {
    cwd: options.cwd ?? '/',
    env,
    detached: true,
    stdio: [options.bytes ? 'pipe' : 'ignore', options.output?.far ?? 'pipe', 'pipe'],
    ...(ffmpegUser !== undefined && { uid: ffmpegUser, gid: ffmpegUser }),
  })
  options.output?.far.destroy()
  if (options.bytes && child.stdin) {
    // It may end while we write; why is told elsewhere.
    child.stdin.on('error', () => undefined)
    options.bytes.pipe(child.stdin)
  }
  let stderr = ''
  // Where the machine has no descriptor left there are no pipes, and the error follows.
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-stderrLimit)
  })
  let gone = false
  const exited = new Promise<FfmpegExit>((resolve) => {
    child.once('error', ({ code }: NodeJS.ErrnoException) => {
      gone = true
      resolve({ code: null, stderr, missing: code === 'ENOENT' || code === 'EACCES' })
    })
    child.once('exit', () => {
      gone = true
    })
    // nice answers 127 when the program is not there.
    child.once('close', async (code) => {
      await options.output?.ended
      resolve({ code, stderr, missing: code === 127 || code === 126 })
    })
  })
  return {
    pid: child.pid,
    stdout: child.stdout ?? Readable.from([]),
    exited,
    kill() {
      if (gone || child.pid === undefined) return
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch (error) {
        // Between the end of the process and our notice of it there is no such group any more.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    },
  }
}
