import type { Page } from 'playwright-core'

export type Click = Pick<
  Electron.ContextMenuParams,
  | 'x'
  | 'y'
  | 'linkURL'
  | 'selectionText'
  | 'isEditable'
  | 'editFlags'
  | 'misspelledWord'
  | 'dictionarySuggestions'
  | 'menuSourceType'
>

/** Runs in the page: what Chromium tells of a click with the other button, unless the page keeps it to itself. */
const listen = (): void => {
  window.addEventListener('contextmenu', (event) => {
    if (event.defaultPrevented || !(event.target instanceof Element)) return
    event.preventDefault()
    const field = event.target.closest('input, textarea, [contenteditable="true"]')
    const link = event.target.closest('a[href]')
    const selectionText =
      field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement
        ? field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0)
        : String(getSelection() ?? '')
    const isEditable = field !== null
    void (window as unknown as { hostContext: (click: object) => void }).hostContext({
      x: event.clientX,
      y: event.clientY,
      linkURL: link instanceof HTMLAnchorElement ? link.href : '',
      selectionText,
      isEditable,
      editFlags: {
        canUndo: isEditable,
        canRedo: isEditable,
        canCut: isEditable && selectionText !== '',
        canCopy: selectionText !== '',
        canPaste: isEditable,
        canDelete: isEditable && selectionText !== '',
        canSelectAll: true,
        canEditRichly: false,
      },
      misspelledWord: field?.getAttribute('data-host-misspelled') ?? '',
      dictionarySuggestions: field?.hasAttribute('data-host-misspelled') ? ['harbour'] : [],
      menuSourceType: 'mouse',
    })
  })
}

export const followClicks = async (page: Page, told: (click: Click) => void): Promise<void> => {
  await page.exposeFunction('hostContext', told)
  await page.addInitScript(listen)
}
