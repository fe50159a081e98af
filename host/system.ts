import { EventEmitter } from 'node:events'
import { writeFileSync } from 'node:fs'
import { file } from './lifecycle.ts'

// What belongs to the desktop, and has nobody behind it here.

export const powerMonitor = new EventEmitter()
/** Chromium has one of its own here. */
export const crashReporter = {
  start: ({
    uploadToServer = true,
    submitURL = '',
  }: Electron.CrashReporterStartOptions = {}): void => {
    if (uploadToServer && !submitURL)
      throw new Error('submitURL must be specified when uploadToServer is true')
  },
}
/** Squirrel's; electron-updater tells of its own quitting on it. */
export const autoUpdater = new EventEmitter()
/** A spec reads there what was copied. */
export const clipboard = {
  writeText: async (text: string): Promise<void> => writeFileSync(file('host-clipboard.txt'), text),
}
