import type { Rectangle } from '../../../src/contract/preview.ts'

/** What the design system lays over everything else. */
const layers =
  '[role="dialog"], [role="alertdialog"], [role="menu"], [data-radix-popper-content-wrapper], [data-layer]'

const meets = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/** Pixels between a message and what it leaves of the view. */
const gapPx = 8

/**
 * Where an element is, or null while something of the application lies over it. A message in the lower half leaves what
 * is above it: nobody should look at a blank page until it has gone.
 */
const placeOf = (element: Element): Rectangle | null => {
  const { x, y, width, height } = element.getBoundingClientRect()
  const place = { x, y, width, height }
  if (width < 1 || height < 1) return null
  for (const layer of document.querySelectorAll(layers)) {
    if (layer.contains(element)) continue
    // A dialog dims all of the window.
    if (layer.getAttribute('role')?.endsWith('dialog')) return null
    const over = layer.getBoundingClientRect()
    if (!meets(place, over)) continue
    const left = over.y - gapPx - y
    if (!layer.hasAttribute('data-layer') || left < height / 2) return null
    place.height = left
  }
  return place
}

const isSame = (a: Rectangle | null | undefined, b: Rectangle | null): boolean =>
  a === b ||
  (a != null &&
    b != null &&
    a.x === b.x &&
    a.y === b.y &&
    a.width === b.width &&
    a.height === b.height)

/** Tells where the element is now and whenever that changes, one after the other. Answers what ends it. */
export const followPlace = (
  element: Element,
  tell: (place: Rectangle | null) => Promise<void>,
): (() => void) => {
  let told: Rectangle | null | undefined
  let telling = false
  let frame = 0
  const look = async (): Promise<void> => {
    frame = 0
    if (telling) return
    telling = true
    for (let place = placeOf(element); !isSame(told, place); place = placeOf(element)) {
      told = place
      await tell(place).catch(() => {})
    }
    telling = false
  }
  const lookSoon = (): void => {
    frame ||= requestAnimationFrame(() => void look())
  }
  const sizes = new ResizeObserver(lookSoon)
  sizes.observe(element)
  const tree = new MutationObserver(lookSoon)
  tree.observe(document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ['style', 'class', 'data-state'],
  })
  const ended = new AbortController()
  const options = { signal: ended.signal, capture: true, passive: true }
  for (const name of ['resize', 'scroll', 'transitionend', 'animationend'])
    window.addEventListener(name, lookSoon, options)
  lookSoon()
  return () => {
    ended.abort()
    sizes.disconnect()
    tree.disconnect()
    cancelAnimationFrame(frame)
  }
}
