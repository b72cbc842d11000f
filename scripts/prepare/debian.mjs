/** The Debian parts: which, what for, how to tell that they are there, and how they come onto the machine. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { CommandFailed, run, Sorry } from './command.mjs'
import { say, step } from './progress.mjs'

const onPath = (...names) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => names.some((name) => existsSync(join(folder, name))))
const anyOf = (...files) => files.some(existsSync)
/** Introspection data and plugins lie in a folder named after the processor. */
const inLib = (path) =>
  ['x86_64', 'aarch64', 'arm', 'i386'].some((cpu) => anyOf(`/usr/lib/${cpu}-linux-gnu${cpu === 'arm' ? 'eabihf' : ''}/${path}`))

/** The one list. `for`: `start` also comes with every other command. `without`: the sentence that tells what does not work without it. */
export const parts = [
  {
    // Debian's redis-tools holds the whole program under the name redis-check-rdb; its package redis-server would start a service of its own.
    name: 'redis-tools',
    for: 'start',
    there: () => onPath('redis-server', 'redis-check-rdb'),
    needed: () => !process.env.REDIS_URL,
    without: 'there is no Redis (or set REDIS_URL to a Redis of yours)',
  },
  { name: 'ffmpeg', for: 'start', there: () => onPath('ffmpeg'), without: 'cameras show no pictures' },
  {
    name: 'fonts-noto-cjk',
    for: 'start',
    there: () => anyOf('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc', '/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc'),
    without: 'the demo cameras cannot write Chinese',
  },
  {
    // The same Chromium without windows: half as large, and it asks for no desktop.
    name: 'chromium-headless-shell',
    for: 'test',
    there: () => onPath('chromium-headless-shell'),
    without: 'the browser tests fail (CHROMIUM names another browser)',
  },
  { name: 'python3-gi', for: 'test', there: () => anyOf('/usr/lib/python3/dist-packages/gi'), without: 'the RTSP test fails' },
  {
    name: 'gir1.2-gst-rtsp-server-1.0',
    for: 'test',
    there: () => inLib('girepository-1.0/GstRtspServer-1.0.typelib'),
    without: 'the RTSP test fails',
  },
  {
    name: 'gstreamer1.0-plugins-good',
    for: 'test',
    there: () => inLib('gstreamer-1.0/libgstrtp.so'),
    without: 'the RTSP test fails',
  },
]

const APT = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=180', '-o', 'Acquire::Retries=3', '-o', 'Dpkg::Use-Pty=0']
const SETTINGS = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', DEBCONF_NOWARNINGS: 'yes', LC_ALL: 'C.UTF-8' }

/** Installs what is missing for `start` or `test`. Throws Sorry only when something is missing that nothing works without. */
export async function debianParts(purpose) {
  const missing = parts.filter((part) => (part.for === 'start' || purpose === 'test') && !part.there())
  if (!missing.length) return
  const names = missing.map(({ name }) => name)
  const byHand = `apt-get install --no-install-recommends ${names.join(' ')}`
  const unable = (why) => {
    const fatal = missing.filter((part) => part.needed?.() && !part.there())
    for (const part of missing) if (!part.there() && !fatal.includes(part)) say(`  ! Without ${part.name} ${part.without}. ${why}`)
    if (fatal.length) throw new Sorry(`Without ${fatal[0].name} ${fatal[0].without}. ${why}`)
  }
  if (!onPath('apt-get')) return unable(`This is no Debian: install ${names.join(', ')} by this system's means.`)
  if (process.getuid?.() !== 0) return unable(`Only root can install packages; run once: sudo ${byHand}`)
  try {
    await step(`Debian packages ${names.join(' ')}`, () => install(names))
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    const reason = error.output.split('\n').findLast((line) => /^E: /.test(line)) ?? error.message
    unable(`apt-get failed (${reason.replace(/^E: /, '')}); try by hand: apt-get update && ${byHand}`)
  }
}

async function install(names) {
  // Old lists may still name packages that can be had; whether they can shows in a moment.
  await run('apt-get', ['update', '-q', ...APT.slice(2)], { env: SETTINGS }).catch((error) => {
    if (!(error instanceof CommandFailed)) throw error
  })
  const get = () => run('apt-get', ['install', '-q', ...APT, ...names], { env: SETTINGS })
  try {
    await get()
  } catch (error) {
    // Somebody's earlier installation was cut off half-way.
    if (!(error instanceof CommandFailed) || !error.output.includes('dpkg --configure -a')) throw error
    await run('dpkg', ['--configure', '-a'], { env: SETTINGS })
    await get()
  }
}
