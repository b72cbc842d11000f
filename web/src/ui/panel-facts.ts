/** What every panel must be able to say of its data: how old they are, since when they fail. Given once by the screen. */
import { type ComputedRef, computed, type InjectionKey, inject } from 'vue'

export interface PanelFacts {
  /** Epoch ms by the server's clock; undefined until it was heard. */
  readonly now: number | undefined
  /** Epoch ms up to which the shown rows are complete. */
  readonly dataAt: number | undefined
  /** Epoch ms since which the link is in its present state. */
  readonly since: number | undefined
  /** Attempts to get data that failed in a row. */
  readonly failures: number
}

export const PANEL_FACTS: InjectionKey<ComputedRef<PanelFacts>> = Symbol('facts of the panels')

const UNKNOWN = computed<PanelFacts>(() => ({ now: undefined, dataAt: undefined, since: undefined, failures: 0 }))

export const usePanelFacts = (): ComputedRef<PanelFacts> => inject(PANEL_FACTS, UNKNOWN)
