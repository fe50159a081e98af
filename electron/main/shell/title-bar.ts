import { type BrowserWindow, type BrowserWindowConstructorOptions, nativeTheme } from 'electron'

/** Pixels; the page's top bar is as high (renderer/app/top-bar.tsx), less the line under it. */
const heightPx = 43

/** The page's own colours behind what the system paints there: `--canvas` and `--ink` of renderer/ui/tokens.css. */
const overlay = (isDark: boolean) => ({
  color: isDark ? '#0d0e12' : '#edebe7',
  symbolColor: isDark ? '#ebecef' : '#1a1d24',
  height: heightPx,
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
      return { titleBarStyle: 'hidden', titleBarOverlay: overlay(isDark) }
    default:
      return { titleBarStyle: 'default', autoHideMenuBar: true }
  }
}

/** What the system paints over the page follows its theme. */
export const followTheme = (window: BrowserWindow): void => {
  if (process.platform !== 'win32') return
  const paint = (): void => window.setTitleBarOverlay(overlay(nativeTheme.shouldUseDarkColors))
  nativeTheme.on('updated', paint)
  window.once('closed', () => nativeTheme.off('updated', paint))
}
