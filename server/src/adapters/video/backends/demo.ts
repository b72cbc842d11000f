/** Demo cameras: no address, ffmpeg draws them. */
import { type DemoSource, demoEnvironment, prepareDemo } from '../demo-source.ts'
import type { Backend } from './backend.ts'

export const demo: Backend<DemoSource> = {
  async open(source, { id, step, font }) {
    step?.('draw')
    const { input, draw, cwd, remove } = await prepareDemo(id, source, await font())
    return {
      input,
      draw,
      cwd,
      env: demoEnvironment,
      started: () => void remove(),
      failed: new Promise(() => undefined),
      failure: undefined,
      close: remove,
    }
  },
}
