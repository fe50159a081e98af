import { followInBrowser } from '../fixtures/github-stand-in.ts'
import { visit } from '../fixtures/visit.ts'
import { expect, installed, notInstalled, type RunningApplication, test } from './application.ts'

/*
 * The application stays when its window is closed, as it always does on macOS; the browser's answer comes then. How
 * macOS hands it over is played: its events are the double's.
 */

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

const isPlayed = 'not run: nobody can play what macOS tells'

test('a link that macOS hands over opens a window, and one that is there is not doubled', async ({
  connected,
  userData,
}) => {
  test.skip(test.info().project.name === 'electron', isPlayed)
  const application = await connected({ env: await installed(userData) })
  const link = await begin(application).then(followInBrowser)
  await closeWindow(application)
  await application.play('open url', link)
  await windowSignedIn(application)
  await application.play('open url', 'atelier://auth/callback?code=of-nobody')
  await application.play('activate')
  expect(await application.windows()).toBe(1)
})

test('a link with which macOS begins the application comes before it is ready, and is not lost', async ({
  connected,
  userData,
}) => {
  test.skip(test.info().project.name === 'electron', isPlayed)
  const env = await installed(userData)
  const first = await connected({ env })
  const link = await begin(first).then(followInBrowser)
  await first.quit()
  const second = await connected({ env: { ...env, ATELIER_HOST_OPENS_URL: link } })
  await expect(second.page.getByRole('button', { name: 'Account: Octavia Grey' })).toBeVisible()
})

test('the Dock brings a window where there is none', async ({ connected }) => {
  test.skip(test.info().project.name === 'electron', isPlayed)
  const application = await connected()
  await application.page.evaluate(() => window.desktop.desktop.change({ whenClosed: 'stay' }))
  await closeWindow(application)
  await application.play('activate')
  const page = await application.nextWindow()
  await expect(page.getByLabel('Email')).toBeVisible()
})
