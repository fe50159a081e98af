import { type BrowserWindow, type BrowserWindowConstructorOptions, nativeTheme } from 'electron'

/** Pixels; the page's top bar is as high (renderer/app/top-bar.tsx), less the line under it. */
const heightPx = 43

/** The page's own colours behind what the system paints there: `--canvas` and `--ink` of renderer/ui/tokens.css. */
export const overlayOf = (isDark: boolean, zoom = 1) => ({
  color: isDark ? '#0d0e12' : '#edebe7',
  symbolColor: isDark ? '#ebecef' : '#1a1d24',
  // The page's bar grows with its zoom, and what lies over it does not by itself.
  height: Math.round(heightPx * zoom),
})

type TitleBar = Pick<
  BrowserWindowConstructorOptions,
  'titleBarStyle' | 'titleBarOverlay' | 'autoHideMenuBar'
>

/** The frame belongs to its system: lights inset in the page, controls over it, or a frame of the desktop's own. */
export const titleBarOf = (platform: NodeJS.Platform, isDark: boolean): TitleBar => {
  switch (platform) {
    case 'darwin':
      // The overlay has nothing to paint there; the page learns from it where the lights end.
      return { titleBarStyle: 'hiddenInset', titleBarOverlay: { height: heightPx } }
    case 'win32':
      return { titleBarStyle: 'hidden', titleBarOverlay: overlayOf(isDark) }
    default:
      return { titleBarStyle: 'default', autoHideMenuBar: true }
  }
}

/** What the system paints over the page is of its theme, and as high as its bar. */
export const paintTitleBar = (window: BrowserWindow): void => {
  if (process.platform !== 'win32' || window.isDestroyed()) return
  const zoom = window.webContents.getZoomFactor()
  window.setTitleBarOverlay(overlayOf(nativeTheme.shouldUseDarkColors, zoom))
}

export const followTheme = (window: BrowserWindow): void => {
  if (process.platform !== 'win32') return
  const paint = (): void => paintTitleBar(window)
  nativeTheme.on('updated', paint)
  window.once('closed', () => nativeTheme.off('updated', paint))
}
