import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filesIn } from '../files-in.ts'
import { ada, expect, openArtifact, openFile, openProject, signIn, test } from './application.ts'

const everyFile = async (folder: string): Promise<string[]> =>
  (await filesIn(folder)).map((path) => join(folder, path))
/** Chromium makes and removes files of its own while it runs. */
const textOf = (file: string): Promise<string> =>
  readFile(file, 'latin1').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })

test('the refresh token is in the keychain and in no file', async ({
  connected,
  userData,
  team,
}) => {
  const application = await connected()
  await signIn(application)
  // What the server would take from somebody who found it.
  const answer = await fetch(`${team.backend().url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { apikey: team.backend().publishableKey, 'content-type': 'application/json' },
    body: JSON.stringify(ada),
  })
  expect(answer.status).toBe(200)
  const token = await application.page.evaluate(() => window.desktop.session.accessToken())
  expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
  await application.quit()
  for (const file of await everyFile(userData)) {
    // The host's own Chromium profile is a test tool, not the application's.
    if (file.includes('host-chromium')) continue
    const text = await readFile(file, 'latin1')
    expect(text.includes(token ?? ''), file).toBe(false)
    expect(/refresh_?token["']?\s*[:=]/i.test(text), file).toBe(false)
  }
})

test('signing out keeps the copies, or removes them when asked', async ({
  connected,
  userData,
  team,
}) => {
  const accounts = join(userData, 'accounts')
  const application = await connected()
  const { page } = application
  const signOut = async (remove: boolean): Promise<void> => {
    await page.getByRole('button', { name: 'Account: Ada Moreau' }).click()
    await page.getByRole('menuitem', { name: 'Sign out…' }).click()
    const dialog = page.getByRole('dialog')
    if (remove) await dialog.getByRole('switch', { name: 'Remove local copies' }).click()
    await dialog.getByRole('button', { name: 'Sign out' }).click()
    await expect(page.getByLabel('Email')).toBeVisible()
  }
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  await openFile(application, 'scripts/tides.js')
  await expect(page.locator('.cm-content')).toContainText('tide')
  await signOut(false)
  const kept = await everyFile(accounts)
  expect(kept.length).toBeGreaterThan(1)
  expect(await page.evaluate(() => window.desktop.session.accessToken())).toBeNull()

  await signIn(application)
  await signOut(true)
  const left = (await everyFile(accounts)).filter((file) => !file.includes('sqlite'))
  expect(left).toEqual([])
  // Nor has Chromium kept what the server answered. Signing in is offered before that is gone: out is out at once.
  await expect.poll(() => page.evaluate(() => localStorage.length)).toBe(0)
  const remembered = async (): Promise<(string | null)[]> => {
    const files = (await everyFile(userData)).filter((file) => /Cache|Storage|IndexedDB/.test(file))
    const named = files.map(async (file) =>
      (await textOf(file)).includes('Tidewater microsite') ? file : null,
    )
    return (await Promise.all(named)).filter((file) => file !== null)
  }
  await expect.poll(remembered).toEqual([])

  // Out is out: a restart asks again, with the server there or not.
  await application.quit()
  await team.goDown()
  const again = await connected()
  await expect(again.page.getByLabel('Email')).toBeVisible()
})
