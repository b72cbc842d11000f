/** The map comes first: what is heavy and not needed to read it waits until it stands. */

/** Where there is no map to wait for, or it does not come, the rest comes without it. */
const LATEST = 3_000

let tell: () => void = () => undefined
const picture = new Promise<void>((resolve) => {
  tell = resolve
})

/** The map shows the city. */
export const firstPictureStands = (): void => tell()

/** Loads a part of the page once the first picture stands. */
export const afterFirstPicture =
  <T>(load: () => Promise<T>): (() => Promise<T>) =>
  async () => {
    await Promise.race([picture, new Promise((resolve) => setTimeout(resolve, LATEST))])
    return load()
  }
