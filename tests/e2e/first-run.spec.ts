import { expect, openIds, test } from './application.ts'
import { checkScreen } from './screen.ts'

test('a name is enough: in, out and in again, and an address when somebody shall join', async ({
  launch,
}, info) => {
  test.setTimeout(180_000)
  const first = await launch()
  const { page } = first
  await page.getByRole('button', { name: /Work on this computer/ }).click()
  const name = page.getByLabel('Your name')
  await name.waitFor({ timeout: 60_000 })
  await checkScreen(page, 'first-run-name', info)
  // By the keyboard alone: the field has the focus, and Enter is the answer.
  await name.fill('Robin Vale')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Robin Vale’s project' })).toBeVisible()

  const signOut = () =>
    page.evaluate(() => window.desktop.session.signOut({ removeLocalCopies: false }))
  const { projectId } = openIds(page)
  await signOut()
  await page.getByRole('button', { name: 'Continue as Robin Vale' }).waitFor()
  await checkScreen(page, 'welcome-back', info)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Account: Robin Vale' })).toBeVisible()
  await expect.poll(() => openIds(page).projectId).toBe(projectId)
  const told = await page.evaluate(() => window.desktop.session.state())
  expect(JSON.stringify(told)).not.toContain('.invalid')

  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Add an address…' }).click()
  await checkScreen(page, 'add-address', info)
  await page.getByLabel('Email').fill('robin@atelier.example')
  await page.getByLabel('New password').fill('a password worth the name')
  await page.getByRole('button', { name: 'Add the address' }).click()
  await expect(page.getByText('robin@atelier.example')).toBeVisible()
  await signOut()
  await page.getByLabel('Email').fill('robin@atelier.example')
  await page.getByLabel('Password').fill('a password worth the name')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Account: Robin Vale' })).toBeVisible()
})
