import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, linkFolder, openSync, signIn, test } from './application.ts'
import { checkScreen } from './screen.ts'

const unbroken = 'Hafenbetriebsgesellschaftsjahreshauptversammlung'.repeat(2)
const project = `${unbroken} of the harbour and of everybody who works on its quays, 2026`
const artifact = `${unbroken} with all the minutes, letters and plans of the spring season`
const file = `${unbroken}/${unbroken}-the-minutes-of-the-third-session.md`

test('names as long as they may be break no screen', async ({ connected, userData }, info) => {
  test.setTimeout(300_000)
  const application = await connected()
  const { page } = application
  await signIn(application)
  await page.getByRole('button', { name: 'New project' }).click()
  await page.getByLabel('Name').fill(project)
  await expect(page.getByRole('button', { name: 'Make the project' })).toBeEnabled()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: project })).toBeVisible()
  await page.getByRole('button', { name: 'New artifact' }).click()
  await page.getByLabel('Name').fill(artifact)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: artifact })).toBeVisible()
  await page.getByRole('button', { name: 'New file…' }).click()
  await page.getByLabel('Name').fill(file)
  await checkScreen(page, 'long-new-file', info)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 2, name: file })).toBeVisible()
  await checkScreen(page, 'long-artifact', info)
  await page.getByRole('button', { name: 'History' }).click()
  await page.getByText(/^Files of version/).click()
  await checkScreen(page, 'long-history', info)
  await page.getByRole('button', { name: /^Look at/ }).click()
  await expect(page.getByText('This is what is there now.')).toBeVisible()
  await checkScreen(page, 'long-version', info)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  const folder = join(userData, '..', `${unbroken}-${Date.now()}`)
  await mkdir(folder)
  await linkFolder(application, folder)
  await checkScreen(page, 'long-linked', info)
  await openSync(page)
  await expect(page.getByText(artifact).first()).toBeVisible()
  await checkScreen(page, 'long-sync', info)
  await page.getByRole('button', { name: `Unlink ${artifact}` }).click()
  await page.getByRole('dialog').waitFor()
  await checkScreen(page, 'long-unlink', info)
  await page.getByRole('dialog').getByRole('button', { name: 'Unlink', exact: true }).click()
  await page.getByRole('button', { name: 'Search or jump to' }).click()
  await page.keyboard.type('Hafenbetrieb')
  await page.getByRole('option', { name: artifact }).waitFor()
  await checkScreen(page, 'long-palette', info)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Back to the artifacts' }).click()
  await checkScreen(page, 'long-list', info)
  await rm(folder, { recursive: true })
})
