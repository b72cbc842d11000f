/** Whether whoever sits here may use a page of settings. */
import { may, type Right } from '@orchid/shared/domain/access/roles'
import type { SessionAnswer } from '@orchid/shared/protocol/api'
import { onBeforeUnmount, onMounted, type ShallowRef, shallowRef } from 'vue'
import { whoAmI } from '../../live/who-am-i.ts'

/** `unreachable`: the server does not say who this is, and is asked again. */
export type Standing = 'asking' | 'unreachable' | 'nobody' | 'not-allowed' | 'allowed'

/** Milliseconds from one question that was not answered to the next. */
const AGAIN = 3_000

/** `begin` is called once, when it is known that who sits here has the right `needs`. */
export function useStanding(
  needs: Right,
  begin: () => unknown,
): { who: Readonly<ShallowRef<SessionAnswer | undefined>>; standing: Readonly<ShallowRef<Standing>> } {
  const who = shallowRef<SessionAnswer>()
  const standing = shallowRef<Standing>('asking')
  let gone = false
  let timer: ReturnType<typeof setTimeout> | undefined
  async function ask(): Promise<void> {
    const answer = await whoAmI()
    if (gone) return
    if (answer === 'unreachable') timer = setTimeout(ask, AGAIN)
    if (typeof answer === 'string') {
      standing.value = answer
      return
    }
    who.value = answer
    standing.value = may(answer.role, needs) ? 'allowed' : 'not-allowed'
    if (standing.value === 'allowed') begin()
  }
  onMounted(ask)
  onBeforeUnmount(() => {
    gone = true
    clearTimeout(timer)
  })
  return { who, standing }
}
