import AxeBuilder from '@axe-core/playwright'
import type { Page, TestInfo } from '@playwright/test'
import { expect } from './application.ts'

const themes = ['light', 'dark'] as const
const isSplitter = ({ html }: { html: string }): boolean => html.includes('role="separator"')

/** Both themes of what is on the screen, previews left out: their pages are the team's, not ours. */
export const checkScreen = async (page: Page, screen: string, info: TestInfo): Promise<void> => {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme })
    // Colours that are still fading have a contrast of their own.
    await page.waitForTimeout(250)
    await page.screenshot({ path: info.outputPath(`${screen}-${theme}.png`) })
    const { violations } = await new AxeBuilder({ page })
      .exclude('iframe')
      .options({ resultTypes: ['violations'] })
      .setLegacyMode()
      .analyze()
    const told = violations
      // A splitter stands between two landmarks, and so in neither.
      .filter(({ id, nodes }) => id !== 'region' || !nodes.every(isSplitter))
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
    expect.soft(told, `${screen}, ${theme}`).toEqual([])
  }
}
