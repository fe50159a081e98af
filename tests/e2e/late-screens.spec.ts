import { expect, signIn, test } from './application.ts'
import { logOf } from './log-of.ts'
import { checkScreen } from './screen.ts'

const chunk = /\/settings-screen-[^/]*\.js$/

const isUnderDouble = (project: string): boolean => project !== 'electron'
const whyNot = 'not run: the spec stands between the page and the disk'

test('a screen whose code is slow to come leaves what is shown until it is there', async ({
  connected,
}, info) => {
  test.skip(!isUnderDouble(info.project.name), whyNot)
  const application = await connected()
  const { page } = application
  await signIn(application)
  const before = page.getByRole('heading', { level: 1 })
  await expect(before).toBeVisible()
  const shown = await before.textContent()
  const { promise: mayCome, resolve: letCome } = Promise.withResolvers<void>()
  await page.route(chunk, async (route) => {
    await mayCome
    await route.fallback()
  })
  const asked = page.waitForRequest(chunk)
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  await asked
  await expect(before).toHaveText(shown ?? '')
  letCome()
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()
})

test('a screen whose code cannot be had says so, and reloading the window brings it', async ({
  connected,
  userData,
}, info) => {
  test.skip(!isUnderDouble(info.project.name), whyNot)
  const application = await connected()
  const { page } = application
  await signIn(application)
  await page.route(chunk, (route) => route.abort())
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('Something went wrong')
  // Rail and sidebar stay, and so does everything else.
  await expect(page.getByRole('navigation', { name: 'Project' })).toBeVisible()
  await checkScreen(page, 'screen-without-code', info)
  await expect
    .poll(async () => (await logOf(userData)).map(({ message }) => message).join())
    .toContain('settings-screen')
  await page.unroute(chunk)
  await page.getByRole('button', { name: 'Reload the window' }).click()
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()
})
