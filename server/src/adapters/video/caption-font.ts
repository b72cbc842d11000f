/** Finds a font that can write Chinese into the demo pictures, and says so when only a Latin one is there. */
import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { promisify } from 'node:util'

export interface CaptionFont {
  readonly file: string
  /** False: names and places in Chinese cannot be written, only digits, Latin letters and DEMO. */
  readonly chinese: boolean
}

const chineseFiles = [
  '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
  '/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc',
  '/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc',
  '/usr/share/fonts/truetype/wqy/wqy-microhei.ttc',
]
const latinFiles = ['/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', '/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf']

async function firstReadable(files: readonly string[]): Promise<string | undefined> {
  for (const file of files)
    if (
      await access(file).then(
        () => true,
        () => false,
      )
    )
      return file
  return undefined
}

/** The file fontconfig would take, if it has one that holds the given characters; undefined also where fontconfig is not installed. */
async function fontconfig(pattern: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('fc-list', ['-f', '%{file}\n', pattern], { timeout: 5000 })
    return stdout.split('\n').find((line) => /\.(ttc|ttf|otf)$/i.test(line))
  } catch {
    return undefined
  }
}

/** Looks at the given file first, then known places, then fontconfig. Undefined: this machine has no font at all, and demo pictures carry no words. */
export async function findCaptionFont(preferred?: string): Promise<CaptionFont | undefined> {
  const chinese =
    (preferred && (await firstReadable([preferred]))) || (await firstReadable(chineseFiles)) || (await fontconfig(':lang=zh-cn'))
  if (chinese) return { file: chinese, chinese: true }
  const latin = (await firstReadable(latinFiles)) || (await fontconfig(':lang=en'))
  return latin ? { file: latin, chinese: false } : undefined
}
