import { useAppInfo } from '../data/stores.ts'

/** Light or dark follows `prefers-color-scheme`, which main sets to the person's choice (nativeTheme). */
export const connectPlatform = (): void => {
  const apply = ({ platform }: { platform: string }) => {
    document.documentElement.dataset.platform = platform
  }
  apply(useAppInfo.getState())
  useAppInfo.subscribe(apply)
}
