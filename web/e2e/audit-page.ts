/** Looks at every visible text of a page as it is laid out. Runs inside the page, so it stands on nothing from outside. */

export interface Findings {
  /** Texts looked at. */
  readonly count: number
  readonly small: readonly string[]
  readonly clipped: readonly string[]
  readonly outside: readonly string[]
  readonly overlapping: readonly string[]
  /** Numbers that cannot be asked for their age and source; notices that are an age themselves are not meant. */
  readonly mute: readonly string[]
  /** Shortened on purpose; the whole text is in a title. */
  readonly shortened: readonly string[]
}

/** `floor`: least font size in rem. `mayShorten`: selectors of texts that may end in an ellipsis when their title has the whole. */
export function auditPage({ floor, mayShorten }: { floor: number; mayShorten: readonly string[] }): Findings {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
  interface Box {
    left: number
    right: number
    top: number
    bottom: number
  }
  interface Text {
    node: Text_
    element: Element
    words: string
    size: number
    boxes: Box[]
  }
  type Text_ = globalThis.Text
  const small: string[] = []
  const clipped: string[] = []
  const outside: string[] = []
  const shortened: string[] = []
  const overlapping: string[] = []
  const mute: string[] = []

  const where = (element: Element): string => {
    const path: string[] = []
    for (let e: Element | null = element; e && e !== document.body && path.length < 3; e = e.parentElement)
      path.unshift(`${e.localName}${e.classList.length ? `.${[...e.classList].join('.')}` : ''}`)
    return path.join(' > ')
  }
  const say = (text: Text, more = ''): string => `“${text.words.slice(0, 40)}” ${where(text.element)}${more && ` ${more}`}`

  function visible(element: Element): boolean {
    for (let e: Element | null = element; e; e = e.parentElement) {
      const style = getComputedStyle(e)
      if (style.display === 'none' || style.visibility === 'hidden' || style.opacity === '0') return false
      if (e.classList.contains('spoken')) return false
    }
    return true
  }
  function fontSize(element: Element): number {
    const size = Number.parseFloat(getComputedStyle(element).fontSize)
    const matrix = element instanceof SVGGraphicsElement ? element.getScreenCTM() : null
    return matrix ? size * matrix.d : size
  }

  const texts: Text[] = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode() as Text_ | null; node; node = walker.nextNode() as Text_ | null) {
    const element = node.parentElement
    const words = node.data.replaceAll(/\s+/g, ' ').trim()
    if (!words || !element || !visible(element)) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const size = fontSize(element)
    // A line box is higher than its characters: only the em square counts, and of that what is inked.
    const boxes = [...range.getClientRects()]
      .filter((r) => r.width > 0.5 && r.height > 0.5)
      .map((r) => {
        const middle = (r.top + r.bottom) / 2
        return { left: r.left, right: r.right, top: middle - 0.44 * size, bottom: middle + 0.44 * size }
      })
    if (boxes.length) texts.push({ node, element, words, size, boxes })
  }

  const kept: Text[] = []
  for (const text of texts) {
    if (/\d/.test(text.words) && !text.element.closest('[data-figure], [role="alert"], [role="tooltip"]')) mute.push(say(text))
    if (text.size < floor * rem - 0.1) small.push(say(text, `${(text.size / rem).toFixed(2)} rem`))
    let hidden = false
    for (let e: Element | null = text.element; e && e !== document.documentElement; e = e.parentElement) {
      const style = getComputedStyle(e)
      const [x, y] = [style.overflowX !== 'visible', style.overflowY !== 'visible']
      if ((!x && !y) || style.display === 'inline') continue
      const edge = e.getBoundingClientRect()
      const cut = text.boxes.filter(
        (b) => (x && (b.left < edge.left - 1 || b.right > edge.right + 1)) || (y && (b.top < edge.top - 1 || b.bottom > edge.bottom + 1)),
      )
      if (cut.length === 0) continue
      const titled = text.element.closest('[title]')
      const allowed = mayShorten.some((selector) => text.element.closest(selector))
      if (allowed && titled && e.closest('[title]') === titled) shortened.push(`${text.words} ⟨${titled.getAttribute('title')}⟩`)
      else clipped.push(say(text, `by ${where(e)}`))
      // What stays visible may still collide.
      text.boxes = text.boxes
        .map((b) => ({
          left: x ? Math.max(b.left, edge.left) : b.left,
          right: x ? Math.min(b.right, edge.right) : b.right,
          top: y ? Math.max(b.top, edge.top) : b.top,
          bottom: y ? Math.min(b.bottom, edge.bottom) : b.bottom,
        }))
        .filter((b) => b.right > b.left && b.bottom > b.top)
      hidden = text.boxes.length === 0
      if (hidden) break
    }
    if (hidden) continue
    kept.push(text)
    if (text.boxes.some((b) => b.left < -1 || b.top < -1 || b.right > innerWidth + 1 || b.bottom > innerHeight + 1)) outside.push(say(text))
  }

  for (const [i, a] of kept.entries())
    for (const b of kept.slice(i + 1)) {
      const slack = 0.06 * Math.min(a.size, b.size)
      const hit = a.boxes.some((p) =>
        b.boxes.some(
          (q) =>
            Math.min(p.right, q.right) - Math.max(p.left, q.left) > slack && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > slack,
        ),
      )
      if (hit) overlapping.push(`${say(a)} × ${say(b)}`)
    }
  return { count: texts.length, small, clipped, outside, overlapping, mute, shortened }
}
