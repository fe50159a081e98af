import type { Page } from '@playwright/test'
import { chromium } from 'playwright-core'
import { chromiumHere } from '../../host/browser.ts'
import { followInBrowser } from '../fixtures/github-stand-in.ts'
import { visit } from '../fixtures/visit.ts'
import { expect, notInstalled, type RunningApplication, test } from './application.ts'
import { checkScreen } from './screen.ts'

/* The system knows no `atelier://` here: the browser's answer comes over the loopback interface. */

const begin = async ({ page, openedUrls }: RunningApplication): Promise<string> => {
  const before = (await openedUrls()).length
  await page.getByRole('button', { name: /GitHub/ }).click()
  await expect(page.getByRole('heading', { name: 'Finish in your browser' })).toBeVisible()
  await expect.poll(async () => (await openedUrls()).length).toBe(before + 1)
  return (await openedUrls()).at(-1) ?? ''
}
const signedIn = ({ page }: RunningApplication) =>
  expect(page.getByRole('button', { name: 'Account: Octavia Grey' })).toBeVisible()
const status = (page: Page) =>
  page.evaluate(() => window.desktop.session.state().then((state) => state.status))
test('by GitHub where no scheme is registered: the page sends the person back', async ({
  connected,
  userData,
}, info) => {
  const application = await connected({ env: notInstalled(userData) })
  const answer = await begin(application).then(followInBrowser)
  expect(answer).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/auth\/callback\?/)
  const { origin, searchParams } = new URL(answer)
  const flow = searchParams.get('flow')

  // None of this is the answer, and none of it costs the person theirs.
  expect((await visit(answer, { method: 'HEAD' })).status).toBe(405)
  expect((await visit(`${origin}/favicon.ico`)).status).toBe(404)
  expect((await visit(answer.replace('127.0.0.1', 'localhost'))).status).toBe(421)
  const another = await visit(
    `${origin}/auth/callback?flow=00000000-0000-4000-8000-000000000000&code=abcdef123456`,
  )
  expect([another.status, another.text]).toEqual([400, expect.stringContaining('another sign-in')])
  expect((await visit(`${origin}/auth/callback?flow=${flow}`)).text).toContain('not complete')
  expect(await status(application.page)).toBe('signingIn')

  // Elsewhere than on Linux Playwright knows where a Chrome is.
  const executablePath = chromiumHere()
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : { channel: 'chrome' }),
    chromiumSandbox: process.getuid?.() !== 0,
  })
  const tab = await browser.newPage()
  await tab.goto(answer)
  await expect(tab.getByRole('heading', { name: 'Go back to Atelier' })).toBeVisible()
  expect(await tab.locator('script').count()).toBe(0)
  await signedIn(application)
  await checkScreen(tab, 'loopback-answered', info)
  await browser.close()
  await expect(visit(answer)).rejects.toThrow()
})

test('a refusal at GitHub comes back the same way, and the sign-in can begin again', async ({
  connected,
  team,
  userData,
}) => {
  const application = await connected({ env: notInstalled(userData) })
  const { page } = application
  team.github.deny = true
  const refused = await begin(application)
    .then(followInBrowser)
    .finally(() => {
      team.github.deny = false
    })
  expect((await visit(refused)).text).toContain('not allowed')
  await expect(page.getByRole('alert').first()).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  const next = await begin(application).then(followInBrowser)
  expect(new URL(next).port).not.toBe(new URL(refused).port)
  await visit(next)
  await signedIn(application)
})

test('with this computer’s own backend, which is told the port of each flow', async ({
  launch,
  team,
  userData,
}) => {
  const { url, clientId, secret } = team.github
  const application = await launch({
    env: {
      ...notInstalled(userData),
      ATELIER_GITHUB_URL: url,
      ATELIER_GITHUB_CLIENT_ID: clientId,
      ATELIER_GITHUB_SECRET: secret,
    },
  })
  const { page, openedUrls } = application
  // Its policy names another server now: the window is loaded again.
  const loadedAgain = page.waitForEvent('domcontentloaded', { timeout: 60_000 })
  await page.getByRole('button', { name: /Work on this computer/ }).click()
  await loadedAgain
  await expect.poll(() => status(page).catch(() => null)).toBe('signedOut')
  const start = () =>
    page.evaluate(() => window.desktop.session.signInWithOAuth({ provider: 'github' }))
  await start()
  const first = (await openedUrls()).at(-1) ?? ''
  await start()
  // The flow before is waited for no more, and its port is no place to end at.
  await expect(followInBrowser(first)).rejects.toThrow()
  await visit(await followInBrowser((await openedUrls()).at(-1) ?? ''))
  await signedIn(application)
})

test('whoever cancels is waited for no more', async ({ connected, userData }) => {
  const application = await connected({ env: notInstalled(userData) })
  const answer = await begin(application).then(followInBrowser)
  await application.page.getByRole('button', { name: 'Cancel' }).click()
  await expect(application.page.getByRole('button', { name: /GitHub/ })).toBeVisible()
  await expect(visit(answer)).rejects.toThrow()
})

test('across a quit the answer still arrives, or its address can be pasted', async ({
  connected,
  userData,
}) => {
  const env = notInstalled(userData)
  const first = await connected({ env })
  const answer = await begin(first).then(followInBrowser)
  await first.quit()
  await expect(visit(answer)).rejects.toThrow()
  const second = await connected({ env })
  await expect
    .poll(() =>
      visit(answer).then(
        ({ text }) => text,
        () => '',
      ),
    )
    .toContain('Go back')
  await signedIn(second)

  await second.page.evaluate(() => window.desktop.session.signOut({ removeLocalCopies: false }))
  const another = await begin(second).then(followInBrowser)
  await second.page.getByLabel(/Paste the link/).fill(another)
  await second.page.getByLabel(/Paste the link/).press('Enter')
  await signedIn(second)
})
