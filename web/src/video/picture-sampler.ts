/** Makes the small grey copies of a tile's picture by which it is judged. */
import { sampleHeight, sampleWidth } from '@orchid/shared/domain/cameras/picture'

export interface PictureSampler {
  /** Undefined while the element has no picture that may be read. */
  sample(video: HTMLVideoElement): Uint8Array | undefined
}

export function createPictureSampler(): PictureSampler {
  const canvas = document.createElement('canvas')
  canvas.width = sampleWidth
  canvas.height = sampleHeight
  const drawing = canvas.getContext('2d', { willReadFrequently: true })
  return {
    sample(video) {
      if (!drawing || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return undefined
      drawing.drawImage(video, 0, 0, sampleWidth, sampleHeight)
      const { data } = drawing.getImageData(0, 0, sampleWidth, sampleHeight)
      const luma = new Uint8Array(sampleWidth * sampleHeight)
      for (let at = 0; at < luma.length; at++)
        luma[at] = 0.2126 * (data[at * 4] ?? 0) + 0.7152 * (data[at * 4 + 1] ?? 0) + 0.0722 * (data[at * 4 + 2] ?? 0)
      return luma
    },
  }
}
