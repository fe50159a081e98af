import { app, type BrowserWindow } from 'electron'
import type { HandlersOf } from '../../../src/contract/table.ts'
import { log } from '../../log/log.ts'
import { removeOldDumps } from './dumps.ts'
import { watchFaults } from './faults.ts'
import { followSessionEnd, type PowerOptions, watchPower } from './power.ts'
import { type ReportOptions, reportRequests } from './report.ts'
import { recoverWindow } from './window.ts'

export { startCrashReporter } from './dumps.ts'

/** Faults of a page that are written down in one run: one that draws itself anew for ever has no end of them. */
const maxPageFaults = 200

type Options = ReportOptions & {
  /** Something in main broke that nobody waited for. */
  broke: (error: unknown) => void
  settings: {
    get: () => { developerTools: boolean }
    update: (change: { developerTools: boolean }) => Promise<void>
  }
}

/** What happens when something breaks: it is written down, mended as far as can be, and shown to whoever asks. */
export const openRecovery = (options: Options) => {
  watchFaults(options.broke)
  void removeOldDumps()
  log('start').info(`Atelier ${app.getVersion()} starts on ${process.platform} ${process.arch}`)
  const { settings } = options
  const isOpenable = !app.isPackaged || settings.get().developerTools
  let pageFaults = 0
  const page = log('window')
  const handlers: HandlersOf<'diagnostics'> = {
    ...reportRequests(options),
    'diagnostics.fault': async ({ what, message, stack }) => {
      pageFaults += 1
      if (pageFaults <= maxPageFaults)
        page.error(`A fault in the page (${what})`, { message, stack })
    },
    'diagnostics.developerTools': async () => ({
      isOpenable,
      chosen: app.isPackaged ? settings.get().developerTools : null,
    }),
    'diagnostics.setDeveloperTools': ({ chosen }) => settings.update({ developerTools: chosen }),
  }
  return {
    /** DevTools reach everything that the person can see; where Atelier is installed they are there by choice alone. */
    hasDeveloperTools: isOpenable,
    follow: (window: BrowserWindow): void => {
      recoverWindow(window, () => app.quit())
      followSessionEnd(window)
    },
    /** Once the application is ready. */
    watchPower: (power: PowerOptions): void => watchPower(power),
    handlers,
  }
}
