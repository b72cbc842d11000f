/** Which build of the pages a piece of HTML belongs to. The server tells it with each beat, a page compares it with its own. */

const SCRIPT = /<script[^>]*\ssrc="\/assets\/([\w.-]+)\.js"/
const STYLE = /<link[^>]*\shref="\/assets\/([\w.-]+)\.css"/

/** Names of entry script and style, which change with everything they load; undefined for pages that were not built. */
export function buildOf(html: string): string | undefined {
  const script = SCRIPT.exec(html)?.[1]
  return script && [script, STYLE.exec(html)?.[1] ?? ''].join(' ')
}
