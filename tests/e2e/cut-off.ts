/**
 * What of the page nobody can see or reach, a line each. Runs in the page, so it uses nothing from around it.
 * What scrolls downwards is no fault; what would have to be scrolled sideways is, but for code.
 */
export const cutOff = (): string[] => {
  const faults = new Set<string>()
  const dialog = [...document.querySelectorAll('[role="dialog"]')].at(-1)
  const controls =
    'button, a[href], input, select, textarea, summary, [role="switch"], [role="radio"]'
  const nameOf = (element: Element): string => {
    const text = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim()
    return `<${element.tagName.toLowerCase()}> ${text.slice(0, 60)}`
  }
  const isSideways = (style: CSSStyleDeclaration): boolean => /auto|scroll/.test(style.overflowX)
  const isCode = (element: Element): boolean => element.closest('.cm-editor, pre, .prose') !== null
  const sticks = (element: Element | null): boolean =>
    element !== null &&
    (getComputedStyle(element).position === 'sticky' || sticks(element.parentElement))
  for (const element of document.querySelectorAll('body *')) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
    if (element.closest('.sr-only, [data-radix-focus-guard]') || isCode(element)) continue
    const box = element.getBoundingClientRect()
    if (box.width < 2 || box.height < 2) continue
    const style = getComputedStyle(element)
    const isWider = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0
    if (isWider && isSideways(style)) faults.add(`scrolls sideways: ${nameOf(element)}`)
    if (isWider && /hidden|clip/.test(style.overflowX)) {
      const isText = [...element.childNodes].some((node) => node.nodeType === 3)
      const holder = element.closest('button, [role="option"], [role="treeitem"]')
      // Names in a list may end in an ellipsis; what a button does may not.
      if (isText && style.textOverflow !== 'ellipsis') faults.add(`cut text: ${nameOf(element)}`)
      else if (holder?.tagName === 'BUTTON') faults.add(`cut button: ${nameOf(holder)}`)
    }
    const isInEllipsis =
      element.parentElement !== null &&
      getComputedStyle(element.parentElement).textOverflow === 'ellipsis'
    if ((box.right > innerWidth + 1 || box.left < -1) && !isInEllipsis)
      faults.add(`outside: ${nameOf(element)}`)
    if (!element.matches(controls)) continue
    // Every part of a control can be seen, at the latest once it was scrolled to.
    let canScroll = false
    let isScrolledAway = false
    const middle = box.top + box.height / 2
    for (let around = element.parentElement; around; around = around.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(around)
      const frame = around.getBoundingClientRect()
      if (overflowX !== 'visible' && (box.right > frame.right + 1 || box.left < frame.left - 1))
        faults.add(`cut control: ${nameOf(element)}`)
      canScroll ||= /auto|scroll/.test(overflowY)
      isScrolledAway ||= canScroll && (middle < frame.top || middle > frame.bottom)
      if (!canScroll && overflowY !== 'visible')
        if (box.bottom > frame.bottom + 1 || box.top < frame.top - 1)
          faults.add(`out of reach: ${nameOf(element)}`)
    }
    if (!canScroll && (box.bottom > innerHeight + 1 || box.top < -1))
      faults.add(`below the window: ${nameOf(element)}`)
    if (isScrolledAway) continue
    if (element.closest('[aria-hidden="true"]') || element.matches(':disabled')) continue
    // What a dialog lies over is out of reach for as long as it is there.
    if (dialog && !dialog.contains(element)) continue
    const over = document.elementFromPoint(box.left + box.width / 2, middle)
    if (!over?.matches(controls)) continue
    // Under what sticks to an edge one scrolls it away from.
    if (!element.contains(over) && !over.contains(element) && !(canScroll && sticks(over)))
      faults.add(`${nameOf(over)} lies over ${nameOf(element)}`)
  }
  return [...faults]
}
