import type { BrowserWindow } from 'electron'

type Window = Pick<BrowserWindow, 'once'> & {
  webContents: Pick<BrowserWindow['webContents'], 'on'>
}

/** Whoever counts on what a page hears is told when it hears nothing more: one that crashed or is closed may not say so. */
export const followPageEnd = (gone: () => void) => ({
  follow: (window: Window): void => {
    window.webContents.on('render-process-gone', gone)
    window.once('closed', gone)
  },
})
