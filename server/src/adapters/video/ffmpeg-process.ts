/** Runs one ffmpeg in a process group of its own, nice to the server, and ends the whole group. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

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
  readonly stdout: Readable
  /** Settles when the process is gone and its pipes are closed. */
  readonly exited: Promise<FfmpegExit>
  /** Ends the whole group at once; ffmpeg has nothing to save. Harmless when it is gone already. */
  kill(): void
}

const stderrLimit = 4096

/**
 * Starts ffmpeg. If our own process dies without a word, ffmpeg ends too: its next write to the closed pipe fails, and a silent one
 * loses the relay it reads from.
 */
export function startFfmpeg(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>> },
): FfmpegProcess {
  // The environment is not handed down: it holds the server's own secrets.
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', ...options.env }
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn('nice', ['-n', '10', program, ...args], {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-stderrLimit)
  })
  let gone = false
  const exited = new Promise<FfmpegExit>((resolve) => {
    child.once('error', () => {
      gone = true
      resolve({ code: null, stderr, missing: true })
    })
    child.once('exit', () => {
      gone = true
    })
    // nice answers 127 when the program is not there.
    child.once('close', (code) => resolve({ code, stderr, missing: code === 127 || code === 126 }))
  })
  return {
    pid: child.pid,
    stdout: child.stdout,
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
