/** What axe finds on a page that keeps somebody from using it. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/** Faults of the impacts serious and critical, each with the first element it was found on; `rules` when only these are asked. */
export async function seriousFaults(page: Page, rules?: string[]): Promise<string[]> {
  // A wall has no frames within it, and none of these rules reads style sheets: without looking for either it takes a third of the time.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'], preload: false })
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze()
  return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => `${v.id}: ${v.nodes[0]?.html}`)
}
