import { EventEmitter } from 'node:events'
import type { Page } from 'playwright-core'

export const pages = new Set<Page>()
let themeSource: 'system' | 'light' | 'dark' = 'system'
export const applyTheme = (page: Page): Promise<void> =>
  page.emulateMedia({ colorScheme: themeSource === 'system' ? null : themeSource }).catch(() => {})
class NativeTheme extends EventEmitter {
  get themeSource() {
    return themeSource
  }
  set themeSource(value: typeof themeSource) {
    themeSource = value
    for (const page of pages) void applyTheme(page)
    this.emit('updated', {})
  }
  get shouldUseDarkColors(): boolean {
    return themeSource === 'dark'
  }
}
export const nativeTheme = new NativeTheme()
