import { useAppInfo } from '../data/stores.ts'

/** `system` leaves the choice to `color-scheme`; the others override it for the whole page. */
export const connectTheme = (): void => {
  const apply = ({ theme, platform }: { theme: string; platform: string }) => {
    const root = document.documentElement
    root.dataset.platform = platform
    if (theme === 'system') delete root.dataset.theme
    else root.dataset.theme = theme
  }
  apply(useAppInfo.getState())
  useAppInfo.subscribe(apply)
}
