import type { BrowserWindow } from 'electron'
import type { AppInfo, Language, LanguageChoice, Theme } from '../../../src/contract/app.ts'
import type { HandlersOf } from '../../../src/contract/table.ts'
import { personName, setTheme, version } from './application.ts'
import type { LastWords } from './last-words.ts'
import type { StartupMarks } from './startup-marks.ts'
import { openExternal, reload } from './window.ts'

export const appHandlers = (options: {
  /** Where the application keeps its data. */
  folder: string
  window: { readonly current: BrowserWindow | null }
  settings: {
    get: () => { theme: Theme; language: LanguageChoice }
    update: (change: { theme: Theme }) => Promise<void>
  }
  language: {
    readonly current: Language
    /** Everything that main shows is shown in it. */
    choose: (choice: LanguageChoice) => Promise<Language>
  }
  sandbox: AppInfo['sandbox']
  marks: StartupMarks
  lastWords: LastWords
}): HandlersOf<'app'> => {
  const { folder, window, settings, language, sandbox, marks, lastWords } = options
  return {
    'app.info': async () => ({
      version: version(),
      platform: process.platform as AppInfo['platform'],
      theme: settings.get().theme,
      languageChoice: settings.get().language,
      language: language.current,
      personName: personName(),
      sandbox,
    }),
    'app.setTheme': async ({ theme }) => {
      await settings.update({ theme })
      setTheme(theme)
    },
    'app.setLanguage': async ({ choice }) => language.choose(choice),
    'app.openExternal': async ({ url }) => openExternal(url),
    'app.reload': async () => reload(window.current),
    'app.mark': async ({ name }) => {
      marks.mark(name)
      return marks.write(folder)
    },
    'app.saidAll': async () => lastWords.heard(),
  }
}
