import { previewPage } from '../fixtures/preview-page.ts'
import { expect, openArtifact, openProject, signIn, test } from './application.ts'
import { checkScreen } from './screen.ts'

test('without Chromium’s sandbox the application says so, and pages in previews run nothing', async ({
  connected,
}, info) => {
  const application = await connected({ args: ['--no-sandbox'] })
  const { page } = application
  const notice = page.getByText('Atelier runs without its sandbox.', { exact: true })
  await expect(notice).toBeVisible()
  await checkScreen(page, 'no-sandbox-sign-in', info)
  await signIn(application)
  await expect(notice).toBeVisible()

  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const preview = await previewPage(page)
  await preview.waitForLoadState('load')
  await expect(page.getByText('Scripts of this page do not run')).toBeVisible()
  // Its script would have drawn the curve before that.
  expect(await preview.locator('polyline').count()).toBe(0)
  await checkScreen(page, 'no-sandbox-preview', info)

  await page.getByRole('button', { name: 'Dismiss' }).click()
  await expect(notice).toHaveCount(0)
  const loadedAgain = page.waitForEvent('load')
  await page.evaluate(() => void window.desktop.app.reload())
  await loadedAgain
  await page.goto(`${page.url().split('#')[0]}#/settings`)
  await expect(page.getByRole('heading', { level: 2, name: 'Security' })).toBeVisible()
  // In Settings it stays; over everything else it was seen.
  await expect(notice).toHaveCount(1)
  await checkScreen(page, 'no-sandbox-settings', info)
})

test('with it nothing is said, and a page’s scripts run', async ({ connected }) => {
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const preview = await previewPage(page)
  await expect(preview.locator('polyline')).toHaveCount(1)
  await expect(page.getByText('without its sandbox')).toHaveCount(0)
})
