import { app, type Session, session } from 'electron'
import type { DesktopSettings } from '../../../src/contract/desktop.ts'
import { knownLanguages, spellingLanguages } from '../../../src/presence/spelling-languages.ts'

/** macOS checks by itself, in languages of its own. */
const isOfSystem = process.platform === 'darwin'
const own = (): Session => session.defaultSession

/** Those that there are dictionaries of; none where the system has its own. */
export const spellingChoice = (): string[] =>
  isOfSystem ? [] : own().availableSpellCheckerLanguages

/** What is checked in from the first time on, unless the person chooses. */
export const firstLanguages = (): string[] =>
  spellingLanguages(app.getPreferredSystemLanguages(), spellingChoice())

/**
 * Before the first page. Electron would begin by itself, with a dictionary that it fetches from a server of Google's:
 * while the person has not said yes there is no language, and so nothing to fetch.
 */
export const checkSpelling = ({ isOn, languages }: DesktopSettings['spelling']): void => {
  if (isOfSystem) {
    own().setSpellCheckerEnabled(isOn)
    return
  }
  const known = isOn ? knownLanguages(languages, spellingChoice()) : []
  own().setSpellCheckerLanguages(known)
  own().setSpellCheckerEnabled(known.length > 0)
}
