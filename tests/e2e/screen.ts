import type { Page, TestInfo } from '@playwright/test'
import axe from 'axe-core'
import { expect } from './application.ts'

const themes = ['light', 'dark'] as const
const isSplitter = ({ html }: { html: string }): boolean => html.includes('role="separator"')

/** What axe finds on the page. Previews are no part of it: their pages are the team's. */
const violationsOf = async (page: Page) => {
  // To hand it over takes longer than to run it.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe: here } = window as unknown as { axe: typeof axe }
    const { violations } = await here.run({ resultTypes: ['violations' as const] })
    return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) }))
  })
}

/** Both themes of what is on the screen. */
export const checkScreen = async (page: Page, screen: string, info: TestInfo): Promise<void> => {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme })
    // Colours that are still fading have a contrast of their own.
    await page.waitForTimeout(250)
    await page.screenshot({ path: info.outputPath(`${screen}-${theme}.png`) })
    const told = (await violationsOf(page))
      // A splitter stands between two landmarks, and so in neither.
      .filter(({ id, nodes }) => id !== 'region' || !nodes.every(isSplitter))
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
    expect.soft(told, `${screen}, ${theme}`).toEqual([])
  }
}
