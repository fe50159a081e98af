import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import {
  ada,
  expect,
  linkFolder,
  openArtifact,
  openIds,
  openProject,
  openSync,
  signIn,
  test,
} from './application.ts'
import { checkScreen } from './screen.ts'
import type { Team } from './team.ts'

/** The names the server has of an artifact, as somebody else sees them. */
const namesAtServer = async (team: Team, artifactId: string) => {
  const { url, publishableKey } = team.backend()
  const client = createClient(url, publishableKey, { auth: { persistSession: false } })
  await client.auth.signInWithPassword(ada)
  return async (): Promise<string[]> => {
    const { data } = await client
      .from('artifact_files')
      .select('file_path')
      .eq('artifact_id', artifactId)
      .is('deleted_at', null)
    return (data ?? []).map((file) => file.file_path as string)
  }
}

test('a limit holds on a real upload; pausing stops everything, over a restart too, until it is taken back', async ({
  connected,
  team,
  userData,
}, info) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const address = page.url()
  const { artifactId: openedId } = openIds(page)
  const names = await namesAtServer(team, openedId)
  const folder = join(userData, '..', `limited-${Date.now()}`)
  await mkdir(folder)
  await linkFolder(application, folder)
  await expect.poll(() => readdir(folder), { timeout: 20_000 }).toContain('index.html')

  await page.getByRole('button', { name: 'Settings' }).click()
  const limit = page.getByLabel('Send at most, MB per second')
  await limit.fill('fast')
  await limit.press('Enter')
  await expect(page.getByText(/^A number from/)).toBeVisible()
  await limit.fill('1')
  await limit.press('Enter')
  await expect(page.getByText(/^A number from/)).toBeHidden()
  await checkScreen(page, 'settings', info)

  // Eight megabytes at one a second.
  await page.goto(address)
  await openSync(page)
  const began = Date.now()
  await writeFile(join(folder, 'film.bin'), randomBytes(8_000_000))
  await expect(page.getByText(/ (MB|kB)\/s · .* left/).first()).toBeVisible({ timeout: 15_000 })
  await checkScreen(page, 'limited', info)
  await expect.poll(names, { timeout: 40_000, intervals: [100] }).toContain('film.bin')
  const seconds = (Date.now() - began) / 1000
  info.annotations.push({ type: 'limit', description: `8 MB in ${seconds} s at 1 MB/s` })
  console.log(`8 MB at 1 MB/s: ${seconds.toFixed(1)} s from writing it to seeing it at the server`)
  expect(seconds).toBeGreaterThan(7.5)
  expect(seconds).toBeLessThan(16)

  // One of two is stopped in the middle, by the keyboard; the other goes on.
  await page.mouse.move(0, 0)
  await page.evaluate(() => window.desktop.transfers.change({ upLimit: 200_000 }))
  await writeFile(join(folder, 'stopped.bin'), randomBytes(6_000_000))
  await writeFile(join(folder, 'beside.bin'), randomBytes(3_000_000))
  const stop = page.getByRole('button', { name: 'Stop stopped.bin' })
  await expect(stop).toBeVisible({ timeout: 15_000 })
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY')
  await checkScreen(page, 'stopping', info)
  await stop.focus()
  await page.keyboard.press('Enter')
  const again = page.getByRole('button', { name: 'Try again stopped.bin' })
  await expect(again).toBeVisible()
  await expect(page.getByText('You stopped this.')).toBeVisible()
  await expect(stop).toBeHidden()
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BUTTON')
  await page.evaluate(() => window.desktop.transfers.change({ upLimit: 1_000_000 }))
  await expect.poll(names, { timeout: 30_000 }).toContain('beside.bin')
  await expect(page.getByText('Some files stopped')).toBeVisible()
  await page.keyboard.press('Escape')
  await checkScreen(page, 'stopped', info)
  expect(await names()).not.toContain('stopped.bin')
  await again.press('Enter')
  await expect.poll(names, { timeout: 20_000 }).toContain('stopped.bin')

  // The pass of the cache as well.
  await page.evaluate(
    async ([artifactId, text]) => {
      await window.desktop.transfers.change({ upLimit: 200_000 })
      await window.desktop.artifacts.create({ artifactId, path: 'long.md', text })
    },
    [openedId, 'x'.repeat(4_000_000)] as const,
  )
  await page.getByRole('button', { name: 'Stop', exact: true }).press('Enter')
  await expect(page.getByText(/^You stopped syncing/)).toBeVisible()
  await checkScreen(page, 'stopped-pass', info)
  await page.evaluate(() => window.desktop.transfers.change({ upLimit: 1_000_000 }))
  await page.getByRole('button', { name: 'Sync now' }).press('Enter')
  await expect(page.getByText(/^You stopped syncing/)).toBeHidden()
  await expect.poll(names, { timeout: 20_000 }).toContain('long.md')

  // Paused in the middle of the next one, by the keyboard.
  await writeFile(join(folder, 'second.bin'), randomBytes(8_000_000))
  await expect(page.getByText(/ (MB|kB)\/s · .* left/).first()).toBeVisible({ timeout: 15_000 })
  await page.getByRole('button', { name: 'Pause syncing' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Resume syncing' })).toBeFocused()
  await expect(page.getByRole('button', { name: /^Resume Tidewater/ })).toBeDisabled()
  await checkScreen(page, 'paused', info)
  await page.waitForTimeout(8_000)
  expect(await names()).not.toContain('second.bin')

  await application.quit()
  const later = await connected()
  await later.page.getByRole('button', { name: 'Paused' }).first().waitFor()
  expect(await names()).not.toContain('second.bin')
  await later.page.getByRole('button', { name: 'Paused' }).first().click()
  const dialog = later.page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Resume syncing' }).click()
  await expect(dialog.getByRole('button', { name: 'Pause syncing' })).toBeVisible()
  await expect.poll(names, { timeout: 40_000 }).toContain('second.bin')
  await later.quit()
  await rm(folder, { recursive: true })
})
