/** Fetches glyphs ahead: the words for a lost link must be there when nothing can be fetched any more. */

/** All texts of nested messages, one after another. */
export const textOf = (messages: unknown): string =>
  typeof messages === 'string' ? messages : typeof messages === 'object' && messages ? Object.values(messages).map(textOf).join('') : ''

/** The fonts come in pieces by character; asks for those of `text` in the family of the pages. A piece that cannot be had stays with the system's font. */
export async function fetchGlyphs(text: string): Promise<void> {
  const family = getComputedStyle(document.documentElement).fontFamily
  await Promise.allSettled([document.fonts.load(`1rem ${family}`, [...new Set(text)].join(''))])
}
