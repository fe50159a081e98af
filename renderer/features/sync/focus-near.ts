/** The button that was pressed went with its row in this list: whoever uses the keyboard goes on close by. */
export const focusNear = (list: HTMLElement | null): void => {
  if (document.activeElement !== document.body) return
  list
    ?.closest('li, section, [role="dialog"]')
    ?.querySelector<HTMLElement>('button:enabled')
    ?.focus()
}
