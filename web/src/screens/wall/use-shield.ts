/** `P` 隐私遮挡: blanks video at once, and again shows it. The only key the wall knows. */
import { onBeforeUnmount, type Ref, ref } from 'vue'

export function useShield(): Ref<boolean> {
  const shielded = ref(false)
  const press = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() === 'p' && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat)
      shielded.value = !shielded.value
  }
  addEventListener('keydown', press)
  onBeforeUnmount(() => removeEventListener('keydown', press))
  return shielded
}
