import { followInBrowser } from '../fixtures/github-stand-in.ts'
import { visit } from '../fixtures/visit.ts'
import { expect, installed, notInstalled, type RunningApplication, test } from './application.ts'

/* The application stays when its window is closed, as it always does on macOS; the browser's answer comes then. */

const begin = async ({ page, openedUrls }: RunningApplication): Promise<string> => {
  await page.evaluate(() => window.desktop.desktop.change({ whenClosed: 'stay' }))
  await page.getByRole('button', { name: /GitHub/ }).click()
  await expect.poll(async () => (await openedUrls()).length).toBe(1)
  return (await openedUrls())[0] ?? ''
}
const closeWindow = async (application: RunningApplication): Promise<void> => {
  await application.closeWindow()
  await expect.poll(() => application.windows()).toBe(0)
}
const windowSignedIn = async (application: RunningApplication): Promise<void> => {
  const page = await application.nextWindow()
  await expect(page.getByRole('button', { name: 'Account: Octavia Grey' })).toBeVisible()
}

test('a link that a second launch hands over opens a window', async ({ connected, userData }) => {
  const application = await connected({ env: await installed(userData) })
  const link = await begin(application).then(followInBrowser)
  await closeWindow(application)
  await application.launchAgain([link])
  await windowSignedIn(application)
})

test('an answer over the loopback interface opens a window', async ({ connected, userData }) => {
  const application = await connected({ env: notInstalled(userData) })
  const answer = await begin(application).then(followInBrowser)
  await closeWindow(application)
  await visit(answer)
  await windowSignedIn(application)
})

test('a link that starts the application as a login would opens a window', async ({
  connected,
  userData,
}) => {
  const env = await installed(userData)
  const first = await connected({ env })
  const link = await begin(first).then(followInBrowser)
  await first.quit()
  const second = await connected({ env, args: ['--hidden', link] })
  await expect(second.page.getByRole('button', { name: 'Account: Octavia Grey' })).toBeVisible()
})
