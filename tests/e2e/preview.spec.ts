import { previewPage, previewPages } from '../fixtures/preview-page.ts'
import { expect, openArtifact, openProject, signIn, test } from './application.ts'

test('a preview goes with its place: settled, just resized, or still opening', async ({
  connected,
}, info) => {
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  const list = new URL(page.url()).hash
  const go = (hash: string) =>
    page.evaluate((to) => {
      location.hash = to
    }, hash)
  const settle = async (): Promise<void> => void (await previewPage(page))
  const leaveFrom: Record<string, () => Promise<void>> = {
    settled: settle,
    resized: async () => {
      await settle()
      for (const width of [720, 1000, 1280]) await page.setViewportSize({ width, height: 900 })
    },
    opening: async () => {},
  }
  for (const [how, arrive] of Object.entries(leaveFrom)) {
    await openArtifact(application, 'Tidewater microsite')
    await arrive()
    await go('#/sync')
    await expect(page.getByRole('heading', { level: 1, name: 'Sync' })).toBeVisible()
    await expect.poll(() => previewPages(page).length, how).toBe(0)
    // Whatever was still on its way to the screen has come by now.
    await page.waitForTimeout(1500)
    expect(previewPages(page), how).toEqual([])
    if (info.project.name === 'host') await expect(page.locator('[id^=host-view]')).toHaveCount(0)
    // The screen below has its clicks again.
    await go(list)
    await expect(page.getByRole('listbox', { name: 'Artifacts' })).toBeVisible()
  }
})
