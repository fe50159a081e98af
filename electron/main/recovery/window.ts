import { t } from '@lingui/core/macro'
import { type BrowserWindow, dialog } from 'electron'
import { afterCrash } from '../../../src/recovery/crash.ts'
import { log } from '../../log/log.ts'

const said = log('window')

type Choices = { message: string; detail: string; buttons: string[]; signal?: AbortSignal }

/** In the system's own window: the page has nothing to show it in. The first button is what a dismissal means. */
const choose = async (window: BrowserWindow, choices: Choices): Promise<number> => {
  const { response } = await dialog.showMessageBox(window, {
    ...choices,
    type: 'warning',
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  })
  return response
}

/** A window whose page dies or hangs gets it back, by itself or by the person's word. */
export const recoverWindow = (window: BrowserWindow, quit: () => void): void => {
  const { webContents } = window
  let lastCrash: number | null = null
  /** We ended the page's process ourselves, to begin anew. */
  let isOurs = false
  let hang: AbortController | null = null

  const reload = (): void => {
    if (!window.isDestroyed()) webContents.reload()
  }
  const endHang = (): void => {
    hang?.abort()
    hang = null
  }

  webContents.on('render-process-gone', (_event, { reason }) => {
    endHang()
    if (reason === 'clean-exit') return
    const now = performance.now()
    const next = isOurs ? 'reload' : afterCrash(lastCrash, now)
    if (!isOurs) lastCrash = now
    isOurs = false
    // Electron is in the middle of telling everybody.
    if (next === 'reload') {
      setImmediate(reload)
      return
    }
    void choose(window, {
      message: t`Atelier’s window has stopped working again`,
      detail: t`What you typed is kept on this computer. If it goes on, choose Report a problem in Settings: it shows what happened.`,
      buttons: [t`Reload`, t`Quit`],
    }).then(
      (choice) => (choice === 1 ? quit() : reload()),
      // The window went meanwhile.
      () => {},
    )
  })

  window.on('unresponsive', () => {
    if (hang) return
    said.warn('The page does not answer')
    const asked = new AbortController()
    hang = asked
    void choose(window, {
      message: t`Atelier’s window does not answer`,
      detail: t`It may come back by itself. What you typed up to a moment ago is kept on this computer.`,
      buttons: [t`Wait`, t`Reload`, t`Quit`],
      signal: asked.signal,
    }).then(
      (choice) => {
        if (asked.signal.aborted || window.isDestroyed()) return
        hang = null
        if (choice === 2) return quit()
        if (choice !== 1) return
        said.warn('The page was ended by the person')
        isOurs = true
        // A page that hangs would hold its own reload up; what comes after it begins in another process.
        webContents.forcefullyCrashRenderer()
      },
      () => {},
    )
  })
  window.on('responsive', () => {
    if (hang) said.info('The page answers again')
    endHang()
  })
}
