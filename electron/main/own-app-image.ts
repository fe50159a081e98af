import { realpathSync } from 'node:fs'
import { app } from 'electron'
import { ownAppImageOf } from '../../src/updates/own-app-image.ts'

const real = (path: string | undefined): string | null => {
  try {
    return path ? realpathSync(path) : null
  } catch {
    return null
  }
}

/** The AppImage that we are; from source there is one only where a feed is named for a trial. */
export const ownAppImage = (): string | null =>
  process.platform === 'linux' && (app.isPackaged || process.env.ATELIER_UPDATE_FEED)
    ? ownAppImageOf({
        executable: process.execPath,
        mounted: real(process.env.APPDIR),
        environment: process.env,
      })
    : null

/** First of all: electron-updater, and whatever we start, reads the variable by itself. */
export const disownAppImage = (): void => {
  if (ownAppImage() === null) delete process.env.APPIMAGE
}
