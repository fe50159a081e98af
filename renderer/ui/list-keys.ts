import { withoutCapitals } from './format.ts'

/**
 * Where a key moves the active row, or null when the key is not the list's. `typed` is what was typed
 * within the type-ahead window, this key included; the same letter again steps through its matches.
 */
export const nextIndex = (
  key: string,
  active: number,
  count: number,
  page: number,
  typed: string,
  textOf: (index: number) => string,
): number | null => {
  if (count === 0) return null
  const clamp = (index: number) => Math.min(count - 1, Math.max(0, index))
  if (key === 'ArrowDown') return clamp(active + 1)
  if (key === 'ArrowUp') return clamp(active - 1)
  if (key === 'PageDown') return clamp(active + page)
  if (key === 'PageUp') return clamp(active - page)
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  if (key.length !== 1 || typed === '') return null
  const letters = [...withoutCapitals(typed)]
  const repeated = letters.every((letter) => letter === letters[0])
  const wanted = repeated ? (letters[0] ?? '') : letters.join('')
  const from = repeated ? active + 1 : active
  for (let step = 0; step < count; step += 1) {
    const index = (from + step) % count
    if (withoutCapitals(textOf(index)).startsWith(wanted)) return index
  }
  return null
}
