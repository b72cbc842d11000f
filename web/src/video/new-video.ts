/** A video element for a tile: muted, so that it may play without a gesture. */
export function newVideo(label: string): HTMLVideoElement {
  const video = document.createElement('video')
  video.muted = true
  video.playsInline = true
  video.disablePictureInPicture = true
  video.ariaLabel = label
  return video
}
