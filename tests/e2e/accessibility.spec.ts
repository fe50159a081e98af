import AxeBuilder from '@axe-core/playwright'
import {
  expect,
  openArtifact,
  openProject,
  type RunningApplication,
  signIn,
  test,
} from './application.ts'

/** WCAG 2.2 A and AA, in both themes. */
const check = async ({ page }: RunningApplication): Promise<void> => {
  for (const theme of ['dark', 'light'] as const) {
    await page.evaluate((value) => window.desktop.app.setTheme({ theme: value }), theme)
    await page.waitForTimeout(200)
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .exclude('iframe')
      .setLegacyMode()
      .analyze()
    const found = violations.map(({ id, nodes }) => `${theme} ${id}: ${nodes[0]?.html}`)
    expect(found).toEqual([])
  }
}

test('every screen holds to WCAG 2.2 AA by axe, light and dark', async ({ connected }) => {
  const application = await connected()
  const { page } = application
  await expect(page.getByLabel('Email')).toBeVisible()
  await check(application)
  await signIn(application)
  await openProject(application)
  await expect(page.getByRole('option', { name: /Tidewater microsite/ })).toBeVisible()
  await check(application)
  await openArtifact(application, 'Tidewater microsite')
  await check(application)
  await page.getByRole('button', { name: 'Source' }).click()
  await expect(page.locator('.cm-content')).toBeVisible()
  await check(application)
})
