import { useEffect, useRef } from 'react'

/**
 * The button that was pressed went with its row: whoever uses the keyboard goes on close by. For what is around the
 * list, also when it is empty.
 */
export const useFocusKept = (keys: readonly string[]) => {
  const place = useRef<HTMLDivElement>(null)
  const before = useRef(keys)
  useEffect(() => {
    const now = new Set(keys)
    const went = before.current.some((key) => !now.has(key))
    before.current = keys
    if (went && document.activeElement === document.body)
      place.current
        ?.closest('li, section, [role="dialog"]')
        ?.querySelector<HTMLElement>('button:enabled')
        ?.focus()
  }, [keys])
  return place
}
