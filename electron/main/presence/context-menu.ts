import { t } from '@lingui/core/macro'
import type { ContextMenuParams, MenuItemConstructorOptions } from 'electron'
import { roleEntry } from './role-entry.ts'

/** What the page was clicked on, as far as a menu asks. */
export type Clicked = Pick<
  ContextMenuParams,
  | 'isEditable'
  | 'editFlags'
  | 'selectionText'
  | 'linkURL'
  | 'misspelledWord'
  | 'dictionarySuggestions'
>

export type ContextActions = {
  replace: (word: string) => void
  learn: (word: string) => void
  copyLink: (address: string) => void
  lookUp: () => void
}
/**
 * Where the menu opens: the pointer's place is the system's to say, but a key, or a finger, asks for it where it is
 * not. `around`: of the view, in its window.
 */
export const menuPlace = (
  { x, y, menuSourceType }: Pick<ContextMenuParams, 'x' | 'y' | 'menuSourceType'>,
  around: { x: number; y: number } = { x: 0, y: 0 },
): { x?: number; y?: number } =>
  menuSourceType === 'mouse' ? {} : { x: Math.round(around.x + x), y: Math.round(around.y + y) }

type Entry = MenuItemConstructorOptions
const line: Entry = { type: 'separator' }

/** What a link may put into the clipboard: an address that means something outside of here. */
const isAddress = (url: string): boolean => /^(https?|mailto):/i.test(url)
const maxLookedUpLetters = 40

const spelling = (
  { misspelledWord, dictionarySuggestions }: Clicked,
  { replace, learn }: ContextActions,
): Entry[] =>
  misspelledWord === ''
    ? []
    : [
        ...dictionarySuggestions.map(
          (word): Entry => ({ label: word.replaceAll('&', '&&'), click: () => replace(word) }),
        ),
        ...(dictionarySuggestions.length === 0
          ? [{ label: t`No suggestions`, enabled: false }]
          : []),
        line,
        { id: 'learn', label: t`Add to dictionary`, click: () => learn(misspelledWord) },
        line,
      ]

/**
 * `isOwn`: of the application's page, not of a preview. A preview's page is anybody's: its menu copies and selects, and
 * reaches nothing else.
 */
export const contextMenu = (
  clicked: Clicked,
  { platform, isOwn }: { platform: NodeJS.Platform; isOwn: boolean },
  actions: ContextActions,
): Entry[] => {
  const { isEditable, editFlags, selectionText, linkURL } = clicked
  const selected = selectionText.trim()
  const canLookUp = platform === 'darwin' && isOwn && selected !== ''
  const short =
    selected.length > maxLookedUpLetters ? `${selected.slice(0, maxLookedUpLetters)}…` : selected
  const edits: Entry[] = isEditable
    ? [
        { ...roleEntry('cut', platform), enabled: editFlags.canCut },
        { ...roleEntry('copy', platform), enabled: editFlags.canCopy },
        { ...roleEntry('paste', platform), enabled: editFlags.canPaste },
        line,
        { ...roleEntry('selectAll', platform), enabled: editFlags.canSelectAll },
      ]
    : [
        ...(selected === ''
          ? []
          : [{ ...roleEntry('copy', platform), enabled: editFlags.canCopy }]),
        { ...roleEntry('selectAll', platform), enabled: editFlags.canSelectAll },
      ]
  return [
    ...(isOwn && isEditable ? spelling(clicked, actions) : []),
    ...(canLookUp ? [{ label: t`Look Up “${short}”`, click: () => actions.lookUp() }, line] : []),
    ...(isAddress(linkURL)
      ? [{ id: 'copy-link', label: t`Copy link`, click: () => actions.copyLink(linkURL) }, line]
      : []),
    ...edits,
  ]
}
