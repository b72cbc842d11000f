/** What axe finds on a page that keeps somebody from using it. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/** Faults of the impacts serious and critical, each with the first element it was found on; `rules` when only these are asked. */
export async function seriousFaults(page: Page, rules?: string[]): Promise<string[]> {
  // What passed is not told: on a whole wall that is most of the work.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] })
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze()
  return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => `${v.id}: ${v.nodes[0]?.html}`)
}
