import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isInstalled } from '../../scripts/electron-binary.ts'
import { openFeed } from '../integration/updates/feed-server.ts'
import {
  expect,
  openArtifact,
  openFile,
  openIds,
  openProject,
  type RunningApplication,
  signIn,
  test,
} from './application.ts'
import { backendProcess } from './backend-process.ts'
import { checkScreen } from './screen.ts'

// electron-updater as it is. Its AppImage is a script here: what is played is what the person double-clicks, no more.
test.skip(process.platform !== 'linux', 'not run: AppImages are of Linux')
test.skip(isInstalled, 'not run: what is installed reads the feed that it was packed with')

const notes = `# Calmer water\n\nTides are *drawn* twice as fast.\n\n![](https://tracker.example/seen.png)\n\n[More](https://atelier.example/news)\n\n<script>document.title = 'taken'</script>`
const program = (text: string): Buffer =>
  Buffer.from(`#!/bin/sh\necho ${text} > "$(dirname "$0")/ran.txt"\n`)

type Feed = Awaited<ReturnType<typeof openFeed>>
let feed: Feed
test.beforeEach(async () => {
  feed = await openFeed({ version: '9.9.9', bytes: program('the new one'), notes })
})
test.afterEach(() => feed.close())

/** An AppImage of a person's own, and where its updates are to be had. */
const installed = async (folder: string) => {
  const place = `${folder}-programs`
  await mkdir(place, { recursive: true })
  const appImage = join(place, 'Atelier.AppImage')
  await writeFile(appImage, program('the former one'))
  await chmod(appImage, 0o755)
  const configuration = join(place, 'app-update.yml')
  await writeFile(
    configuration,
    `provider: generic\nurl: ${feed.url}\nupdaterCacheDirName: updates\n`,
  )
  const env = {
    APPIMAGE: appImage,
    // What it mounted: here, where the double's own program lies.
    APPDIR: join(import.meta.dirname, '../../node_modules'),
    ATELIER_UPDATE_FEED: configuration,
    XDG_CACHE_HOME: join(place, 'cache'),
  }
  return { appImage, place, env }
}

test('an update is found, read about, and installed by a restart', async ({
  connected,
  userData,
}, info) => {
  const { appImage, place, env } = await installed(userData)
  const application = await connected({ env })
  await signIn(application)
  const { page } = application
  await page.goto(`${page.url().split('#')[0]}#/settings`)
  const updates = page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Updates' }) })
  await updates.getByRole('button', { name: 'Check now' }).click()
  // Another setting says what became of it in a line of its own.
  await expect(
    updates.getByRole('status').filter({ hasText: '9.9.9 is here and takes a restart' }),
  ).toBeVisible()
  await checkScreen(page, 'settings-updates', info)
  // Nothing is changed before somebody says so.
  expect(await readFile(appImage, 'utf8')).toContain('the former one')

  await page.getByRole('status').getByRole('button', { name: 'What’s new' }).click()
  const dialog = page.getByRole('dialog', { name: 'Atelier 9.9.9' })
  await expect(dialog.getByRole('heading', { name: 'Calmer water' })).toBeVisible()
  await expect(dialog.locator('img, script')).toHaveCount(0)
  await checkScreen(page, 'update-dialog', info)
  const ended = application.ended
  await dialog.getByRole('button', { name: 'Restart and update' }).click()
  await ended
  await expect.poll(() => existsSync(join(place, 'ran.txt'))).toBe(true)
  expect(await readFile(join(place, 'ran.txt'), 'utf8')).toBe('the new one\n')
  expect(await readFile(appImage, 'utf8')).toContain('the new one')
})

test('a version that is skipped stays quiet, and “Later” does for a day', async ({
  connected,
  userData,
}) => {
  const { env } = await installed(userData)
  const application = await connected({ env })
  await signIn(application)
  const { page } = application
  await page.goto(`${page.url().split('#')[0]}#/settings`)
  await page.getByRole('button', { name: 'Check now' }).click()
  const bar = page.getByText('Atelier 9.9.9 is here. It takes a restart.')
  await expect(bar).toBeVisible()
  await page.getByRole('button', { name: 'Later' }).click()
  await expect(bar).toHaveCount(0)
  await page.getByRole('button', { name: 'What’s new' }).click()
  await page.getByRole('button', { name: 'Skip this version' }).click()
  await expect(page.getByText('You skip 9.9.9.')).toBeVisible()
})

test('who cannot replace itself says so, and leads to the page', async ({
  connected,
  userData,
}, info) => {
  const { env } = await installed(userData)
  const application = await connected({ env: { ...env, APPIMAGE: '/nowhere/Atelier.AppImage' } })
  await signIn(application)
  const { page } = application
  await page.goto(`${page.url().split('#')[0]}#/settings`)
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect(page.getByText('There is a new Atelier, 9.9.9.')).toBeVisible()
  await expect(page.getByText('Atelier lies where it may not write')).toBeVisible()
  await checkScreen(page, 'update-page', info)
  await page.getByRole('button', { name: 'Open the download page' }).first().click()
  await expect.poll(() => application.openedUrls()).toContainEqual(expect.stringMatching(/^https:/))
})

test('updates and the settings of this computer are there for whoever is not signed in, too', async ({
  connected,
  userData,
}, info) => {
  test.skip(info.project.name === 'electron', 'not run: nobody’s hand is at its menus there')
  const { env } = await installed(userData)
  const application = await connected({ env })
  const { page, play } = application
  await page.getByLabel('Email').waitFor()
  type Shown = { label: string; enabled: boolean; submenu?: Shown[] }
  const off = async (): Promise<string[]> =>
    (await play<Shown[]>('menu'))
      .flatMap(({ submenu = [] }) => submenu)
      .filter(({ enabled }) => !enabled)
      .map(({ label }) => label)
  expect(await off()).toEqual(['New project…', 'Search or jump to…', 'Sync'])
  await play('menu choose', ['Help', 'Check for updates…'])
  const dialog = page.getByRole('dialog', { name: 'Settings of this computer' })
  await expect(dialog).toContainText('9.9.9 is here and takes a restart')
  await checkScreen(page, 'device-settings', info)
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(page.getByText('Atelier 9.9.9 is here. It takes a restart.')).toBeVisible()
  await checkScreen(page, 'update-bar-signed-out', info)
  await page.keyboard.press('ControlOrMeta+,')
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Settings of this computer' }).click()
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')

  await signIn(application)
  await expect.poll(off).toEqual([])
  await play('menu choose', ['File', 'Settings'])
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
})

test('an edit that cannot be sent holds up an update for as long as its person wants, and stays', async ({
  connected,
  team,
  userData,
}, info) => {
  test.setTimeout(180_000)
  const { place, env } = await installed(userData)
  const application = await connected({ env })
  await signIn(application)
  const { page } = application
  await openProject(application)
  await page.getByRole('button', { name: 'New artifact' }).click()
  await page.getByLabel('Name').fill('Words for a restart')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'New file…' }).click()
  await page.getByLabel('Name').fill('words.txt')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 2, name: 'words.txt' })).toBeVisible()
  const waiting = () => page.evaluate(async () => (await window.desktop.updates.state()).busy)
  await expect.poll(waiting).toEqual({ edits: 0, transfers: 0 })
  await team.goDown()
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.locator('.cm-content').click()
  await page.keyboard.type('Written while the server was away')
  await page.keyboard.press('ControlOrMeta+s')
  await expect.poll(async () => (await waiting()).edits).toBe(1)

  await page.goto(`${page.url().split('#')[0]}#/settings`)
  await page.getByRole('button', { name: 'Check now' }).click()
  // It is fetched: what cannot be sent holds up the restart alone.
  await page.getByRole('status').getByRole('button', { name: 'Restart and update' }).click()
  await expect(page.getByText(/^Atelier restarts by itself. It waits until/)).toBeVisible()
  await checkScreen(page, 'update-waits', info)
  const ended = application.ended
  await page.getByRole('status').getByRole('button', { name: 'Restart now' }).click()
  await ended
  await expect.poll(() => existsSync(join(place, 'ran.txt'))).toBe(true)

  await team.comeBack()
  const later = await connected()
  await openProject(later)
  await openArtifact(later, 'Words for a restart')
  await openFile(later, 'words.txt')
  await expect(later.page.locator('.cm-content')).toHaveText('Written while the server was away')
  await expect
    .poll(() => later.page.evaluate(async () => (await window.desktop.sync.state()).outbox))
    .toBe(0)
})

test('without a feed there are no updates, and that is said', async ({ connected }) => {
  const application = await connected()
  await signIn(application)
  const { page } = application
  await page.goto(`${page.url().split('#')[0]}#/settings`)
  await expect(page.getByText('Atelier runs from its source: update that.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Check now' })).toHaveCount(0)
})

/** The one who works here alone. */
const workHere = async ({ page }: RunningApplication): Promise<void> => {
  await page.getByRole('button', { name: /Work on this computer/ }).click()
  const name = page.getByLabel('Your name')
  await name.waitFor({ timeout: 60_000 })
  await name.fill('Ines Copper')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Ines Copper’s project' })).toBeVisible()
}

test('who installs by hand is led to the page of another PostgreSQL by a copy of the database here', async ({
  launch,
  userData,
}, info) => {
  test.skip(info.project.name === 'electron', 'not run: it reads what was opened after the end')
  test.setTimeout(180_000)
  const { env } = await installed(userData)
  const application = await launch({ env: { ...env, APPIMAGE: '/nowhere/Atelier.AppImage' } })
  await workHere(application)
  const { page } = application
  await page.goto(`${page.url().split('#')[0]}#/settings`)
  await expect(page.getByRole('button', { name: 'Check now' })).toBeVisible()
  // Nothing is there to be had yet.
  await expect(page.getByRole('button', { name: /the page and quit|download page/ })).toHaveCount(0)
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect(
    page.getByText(/the workspace on this computer has to be copied for it/),
  ).toBeVisible()
  await page.getByRole('button', { name: 'What’s new' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Atelier 9.9.9' })
  await expect(dialog.getByText(/opens the download page and quits/)).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Open the download page' })).toHaveCount(0)
  await checkScreen(page, 'update-page-copy', info)
  await dialog.getByRole('button', { name: 'Copy, open the page and quit' }).click()
  await application.ended
  const copy = join(userData, 'backend/postgres-copy/manifest.json')
  expect(JSON.parse(await readFile(copy, 'utf8'))).toMatchObject({ scope: 'installation' })
  expect(await application.openedUrls()).toContainEqual(expect.stringMatching(/^https:/))
})

test('a database here that does not open holds up no update for ever', async ({
  connected,
  userData,
}, info) => {
  const { place, env } = await installed(userData)
  // Of somebody who works elsewhere by now.
  await mkdir(join(userData, 'backend/postgres'), { recursive: true })
  await writeFile(join(userData, 'backend/postgres/PG_VERSION'), '17\n')
  const application = await connected({ env })
  await signIn(application)
  const { page } = application
  await page.goto(`${page.url().split('#')[0]}#/settings`)
  await page.getByRole('button', { name: 'Check now' }).click()
  await page.getByRole('status').getByRole('button', { name: 'Restart and update' }).click()
  const without = page.getByRole('button', { name: 'Update without this database' })
  await expect(without.first()).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(/needs a copy of the database on this computer/)).toBeVisible()
  await expect(page.getByRole('button', { name: /download page|open the page/ })).toHaveCount(0)
  await checkScreen(page, 'update-no-copy', info)
  await without.first().click()
  await application.ended
  await expect.poll(() => existsSync(join(place, 'ran.txt'))).toBe(true)
  expect(await readFile(join(userData, 'backend/postgres/PG_VERSION'), 'utf8')).toBe('17\n')
})

test('before a restart into another version the database here is copied, and nobody notices', async ({
  launch,
  userData,
}) => {
  test.setTimeout(180_000)
  const { place, env } = await installed(userData)
  const application = await launch({ env })
  const { page } = application
  await workHere(application)
  await page.goto(`${page.url().split('#')[0]}#/settings`)
  await page.getByRole('button', { name: 'Check now' }).click()
  await page.getByRole('status').getByRole('button', { name: 'Restart and update' }).click()
  await application.ended
  await expect.poll(() => existsSync(join(place, 'ran.txt'))).toBe(true)
  const manifest = JSON.parse(
    await readFile(join(userData, 'backend/postgres-copy/manifest.json'), 'utf8'),
  )
  expect(manifest).toMatchObject({ scope: 'installation' })

  // The same version again, as after an installation that came to nothing: that is said, and the copy is none any more.
  const again = await launch({ env })
  await expect(again.page.getByText('The update was not installed')).toBeVisible({
    timeout: 60_000,
  })
  expect(existsSync(join(userData, 'backend/postgres-copy'))).toBe(false)
})

test('nothing is typed into what an update closes, and what was typed before is kept', async ({
  launch,
  userData,
}, info) => {
  test.skip(info.project.name === 'electron', 'not run: it reads the host’s files')
  test.setTimeout(240_000)
  const { env } = await installed(userData)
  const application = await launch({ env })
  const { page } = application
  await page.getByRole('button', { name: /Work on this computer/ }).click()
  const name = page.getByLabel('Your name')
  await name.waitFor({ timeout: 60_000 })
  await name.fill('Nadia Quill')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'New artifact' }).click()
  await page.getByLabel('Name').fill('Harbour log')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'New file…' }).click()
  await page.getByLabel('Name').fill('log.txt')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 2, name: 'log.txt' })).toBeVisible()
  await page.evaluate(() => window.desktop.updates.check())
  const restart = page.getByRole('status').getByRole('button', { name: 'Restart and update' })
  await restart.waitFor()
  await expect
    .poll(() => page.evaluate(async () => (await window.desktop.updates.state()).busy))
    .toEqual({ edits: 0, transfers: 0 })
  await page.getByRole('button', { name: 'Edit' }).click()
  const text = page.locator('.cm-content')
  await text.click()
  await page.keyboard.type('High water at nine')
  await expect(page.getByText('Not saved', { exact: true })).toBeVisible()

  const { projectId, artifactId } = openIds(page)
  const changed = { projectId, artifactIds: [artifactId] }
  // Its database takes as long to copy as this process is held.
  const backend = await backendProcess(userData)
  process.kill(backend, 'SIGSTOP')
  try {
    await restart.click()
    const shade = page.getByRole('dialog', { name: 'Updating to Atelier 9.9.9' })
    await expect(shade.getByRole('status')).toHaveText(/Making a copy/)
    await text.click({ force: true, timeout: 1_000 }).catch(() => {})
    await page.keyboard.type('nobody hears this')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.keyboard.press('ControlOrMeta+k')
    await expect(shade).toBeVisible()
    // Told of a change it asks, and is refused as somebody's who is signed out: what is there stays all the same.
    await application.play('page told', ['atelier:event', 'artifacts.changed', changed])
    // Longer than it goes on asking (renderer/data/asking-again.ts).
    await page.waitForTimeout(5_000)
    await expect(text).toHaveText('High water at nine')
    await expect(page.getByPlaceholder(/^Search artifacts/)).toHaveCount(0)
    await checkScreen(page, 'update-shade', info)
  } finally {
    process.kill(backend, 'SIGCONT')
  }
  await application.ended

  const { page: later } = await launch({ env })
  await later.getByRole('option', { name: /Harbour log/ }).click({ timeout: 60_000 })
  await later.getByRole('treeitem', { name: /^log\.txt/ }).click()
  await expect(later.locator('.cm-content')).toHaveText('High water at nine')
})
