import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  expect,
  linkFolder,
  openArtifact,
  openIds,
  openProject,
  openSync,
  type RunningApplication,
  signIn,
  test,
} from './application.ts'
import { putElsewhere } from './elsewhere.ts'
import { checkScreen } from './screen.ts'

test.beforeEach(({ connected: _connected }, info) =>
  test.skip(info.project.name === 'electron', 'nobody can press a tray or a notification there'),
)

type Shown = { label: string; enabled: boolean; submenu?: Shown[] }
type Tray = { tip: string; menu: Shown[] } | null
const tray = ({ play }: RunningApplication): Promise<Tray> => play('tray')
const tip = async (application: RunningApplication): Promise<string> =>
  (await tray(application))?.tip ?? ''
const labels = (menu: readonly Shown[]): string[] =>
  menu.map(({ label }) => label).filter((label) => label !== '-')

const linked = async (
  application: RunningApplication,
  folder: string,
): Promise<{ artifactId: string }> => {
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const { artifactId } = openIds(page)
  await mkdir(folder)
  await linkFolder(application, folder)
  await expect.poll(() => readdir(folder), { timeout: 20_000 }).toContain('README.md')
  return { artifactId }
}

test('the icon says how sync stands, and its menu pauses it', async ({ connected }) => {
  const application = await connected()
  const { page, play } = application
  await expect.poll(() => tip(application)).toBe('Atelier: Nobody is signed in')
  await signIn(application)
  await expect.poll(() => tip(application)).toBe('Atelier: Up to date')
  expect(labels((await tray(application))?.menu ?? [])).toEqual([
    'Up to date',
    'Open Atelier',
    'Pause syncing',
    'Settings…',
    'Quit Atelier',
  ])
  await play('tray choose', ['Pause syncing'])
  await expect.poll(() => tip(application)).toBe('Atelier: Paused')
  await expect(page.getByRole('button', { name: /^Paused/ })).toBeVisible()
  await play('tray choose', ['Resume syncing'])
  await expect.poll(() => tip(application)).toBe('Atelier: Up to date')
  await play('tray choose', ['Settings…'])
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  await play('tray choose', ['Quit Atelier'])
  await application.ended
})

test('who chooses another place leaves nothing of the former one behind', async ({ connected }) => {
  const application = await connected()
  const { page } = application
  await signIn(application)
  await expect.poll(() => tip(application)).toBe('Atelier: Up to date')
  await page.evaluate(() => window.desktop.backend.forget())
  await expect.poll(() => tip(application)).toBe('Atelier: Nobody is signed in')
  await expect(page.getByRole('button', { name: /Work on this computer/ })).toBeVisible()
})

test('with a folder linked, closing the window asks once, and sync goes on without one', async ({
  connected,
  team,
  userData,
}) => {
  test.slow()
  const application = await connected()
  const folder = join(userData, '..', `tray-${Date.now()}`)
  const { artifactId } = await linked(application, folder)

  // Who thinks better of it still has the window.
  await application.closeWindow()
  const asked = join(userData, 'host-asked.txt')
  await expect.poll(() => readFile(asked, 'utf8').catch(() => '')).toContain('without a window')
  await expect(application.page.getByRole('heading', { level: 1 })).toBeVisible()

  await writeFile(join(userData, 'host-answers.txt'), '0 ticked')
  await application.closeWindow()
  await expect.poll(() => application.play('window')).toBeNull()
  await putElsewhere(team, artifactId, 'README.md', '# Sent while no window was open\n')
  await expect
    .poll(() => readFile(join(folder, 'README.md'), 'utf8'), { timeout: 40_000 })
    .toContain('no window was open')

  await application.play('tray click')
  const page = await application.nextWindow()
  await expect(page.getByRole('listbox', { name: 'Projects' })).toBeVisible({ timeout: 30_000 })

  // It was answered for good.
  await application.closeWindow()
  await expect.poll(() => application.play('window')).toBeNull()
  const questions = (await readFile(asked, 'utf8')).split('\n').filter(Boolean)
  expect(questions).toHaveLength(2)
  // A launch by hand brings it back as well.
  await application.launchAgain([])
  await expect.poll(() => application.play('window')).not.toBeNull()
  await application.quit()
  await rm(folder, { recursive: true })
})

test('a notification of a conflict leads to it, also where no window is open', async ({
  connected,
  team,
  userData,
}) => {
  test.slow()
  const application = await connected()
  const folder = join(userData, '..', `notice-${Date.now()}`)
  const { artifactId } = await linked(application, folder)
  const { page, play } = application
  await openSync(page)
  await page.getByRole('button', { name: /^Pause Tidewater/ }).click()
  await expect(page.getByText('Paused', { exact: true })).toBeVisible()
  const text = `# Mine\n\nFor a notification, ${Date.now()}.\n`
  await writeFile(join(folder, 'README.md'), text)
  await putElsewhere(team, artifactId, 'README.md', `# Theirs\n\nNot ${Date.now()}.\n`)
  await page.getByRole('button', { name: /^Resume Tidewater/ }).click()
  await expect(
    page
      .getByText('Syncing', { exact: true })
      .or(page.getByRole('link', { name: /Compare/ }))
      .first(),
  ).toBeVisible()
  await writeFile(join(userData, 'host-answers.txt'), '0')
  await application.closeWindow()
  await expect.poll(() => play('window')).toBeNull()
  const title = 'Two versions of README.md'
  await expect
    .poll(
      async () => (await play<{ title: string }[]>('notifications')).map((each) => each.title),
      {
        timeout: 60_000,
      },
    )
    .toEqual([title])
  await expect.poll(() => tip(application)).toBe('Atelier: One thing needs you')
  expect(labels((await tray(application))?.menu ?? [])).toContain(title)
  expect(await play('badge')).toBe(1)
  await play('notification click', title)
  const opened = await application.nextWindow()
  await expect(opened.getByText(/For a notification/)).toBeVisible({ timeout: 30_000 })
  await opened.getByRole('button', { name: /^Keep the copy from/ }).click()
  await expect.poll(() => tip(application), { timeout: 30_000 }).toBe('Atelier: Up to date')
  await application.quit()
  await rm(folder, { recursive: true })
})

test('the window is as large as it was, and as near', async ({ connected }) => {
  const first = await connected()
  const size = ({ page }: RunningApplication) =>
    page.evaluate(() => ({ width: innerWidth, height: innerHeight }))
  await expect.poll(() => size(first)).toEqual({ width: 1280, height: 820 })
  await first.play('window resize', { x: 40, y: 60, width: 1440, height: 900 })
  await expect.poll(() => size(first)).toEqual({ width: 1440, height: 900 })
  await first.play('menu choose', ['View', 'Zoom in'])
  await first.play('menu choose', ['View', 'Zoom in'])
  // A level is a fifth.
  await expect.poll(() => size(first)).toEqual({ width: 1200, height: 750 })
  await first.quit()
  const second = await connected()
  expect(await second.play('window')).toMatchObject({ x: 40, y: 60, width: 1440, height: 900 })
  await expect.poll(() => size(second)).toEqual({ width: 1200, height: 750 })
  await second.play('menu choose', ['View', 'Actual size'])
  await expect.poll(() => size(second)).toEqual({ width: 1440, height: 900 })
  await second.play('window maximize')
  await second.quit()
  const third = await connected()
  expect(await third.play('window')).toMatchObject({ isMaximized: true })
})

test('a click with the other button offers what can be done there', async ({ connected }) => {
  const application = await connected()
  const { page, play } = application
  const popup = async (): Promise<string[]> => labels((await play<Shown[] | null>('popup')) ?? [])
  const email = page.getByLabel('Email')
  await email.fill('harbor')
  await email.click({ button: 'right' })
  await expect.poll(popup).toEqual(['Cut', 'Copy', 'Paste', 'Select All'])
  await play('popup choose', ['Select All'])
  await page.keyboard.type('harbor')
  await expect(email).toHaveValue('harbor')

  await email.evaluate((field) => field.setAttribute('data-host-misspelled', 'harbor'))
  await email.click({ button: 'right' })
  await expect
    .poll(popup)
    .toEqual(['harbour', 'Add to dictionary', 'Cut', 'Copy', 'Paste', 'Select All'])
  await play('popup choose', ['harbour'])
  await expect(email).toHaveValue('harbour')
  await email.click({ button: 'right' })
  await expect.poll(popup).toContain('Add to dictionary')
  await play('popup choose', ['Add to dictionary'])
  expect(await play('spelling')).toMatchObject({ learned: ['harbor'] })
})

test('the menus reach what the window has', async ({ connected }) => {
  const application = await connected()
  const { page, play } = application
  await page.getByLabel('Email').waitFor()
  expect(labels(await play<Shown[]>('menu'))).toEqual(['File', 'Edit', 'View', 'Window', 'Help'])
  await play('menu choose', ['Help', 'Keyboard shortcuts'])
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await page.keyboard.press('Escape')
  await signIn(application)
  const disabled = async (): Promise<string[]> =>
    labels(
      (await play<Shown[]>('menu')).flatMap(({ submenu = [] }) =>
        submenu.filter(({ enabled }) => !enabled),
      ),
    )
  // What is offered follows whoever is there, some three tenths of a second later.
  await expect.poll(disabled).toEqual([])
  await play('menu choose', ['View', 'Search or jump to…'])
  await expect(page.getByRole('dialog', { name: 'Search or jump to' })).toBeVisible()
  await page.keyboard.press('Escape')
  await play('menu choose', ['File', 'New project…'])
  await expect(page.getByRole('dialog', { name: /New project/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await play('menu choose', ['View', 'Sync'])
  await expect(page.getByRole('heading', { level: 1, name: 'Sync' })).toBeVisible()
  await play('menu choose', ['File', 'Settings'])
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
})

test('how it behaves on the desktop is chosen in the settings, and kept', async ({
  connected,
  userData,
}, info) => {
  test.slow()
  const env = { XDG_CONFIG_HOME: join(userData, 'config') }
  const first = await connected({ env })
  const { page, play } = first
  await signIn(first)
  type Spelling = { isOn: boolean; languages: string[]; fetched: string[] }
  // Nothing is fetched before somebody says so.
  expect(await play<Spelling>('spelling')).toMatchObject({ isOn: false, fetched: [] })
  await play('menu choose', ['File', 'Settings'])
  await page.getByRole('switch', { name: 'Check spelling' }).click()
  await expect
    .poll(() => play<Spelling>('spelling'))
    .toMatchObject({ isOn: true, languages: ['en-GB', 'de'], fetched: ['en-GB', 'de'] })
  await page.getByLabel('Check another language').selectOption('fr')
  await page.getByRole('button', { name: 'Do not check German' }).click()
  await expect
    .poll(async () => (await play<Spelling>('spelling')).languages)
    .toEqual(['en-GB', 'fr'])
  await page.getByRole('radio', { name: /^Keep syncing/ }).click()
  await page.getByRole('switch', { name: 'Notify: A file is in two versions' }).click()
  await page.getByRole('switch', { name: 'Start with this computer' }).click()
  const entry = join(env.XDG_CONFIG_HOME, 'autostart/atelier.desktop')
  await expect.poll(() => readFile(entry, 'utf8').catch(() => '')).toMatch(/^Exec=.*"--hidden"$/m)
  await page.getByRole('switch', { name: 'Icon in the tray' }).click()
  await expect.poll(() => tray(first)).toBeNull()
  await page.getByRole('heading', { name: 'Desktop' }).scrollIntoViewIfNeeded()
  await checkScreen(page, 'settings-desktop', info)
  await first.quit()

  const second = await connected({ env })
  await signedIn(second)
  expect(await second.play<Spelling>('spelling')).toMatchObject({ languages: ['en-GB', 'fr'] })
  expect(await tray(second)).toBeNull()
  await second.play('menu choose', ['File', 'Settings'])
  const again = second.page
  await expect(again.getByRole('radio', { name: /^Keep syncing/ })).toBeChecked()
  await expect(
    again.getByRole('switch', { name: 'Notify: A file is in two versions' }),
  ).not.toBeChecked()
  const login = again.getByRole('switch', { name: 'Start with this computer' })
  await expect(login).toBeChecked()
  await login.click()
  await expect.poll(() => readFile(entry, 'utf8').catch(() => null)).toBeNull()
  // No folder is linked, and it stays all the same.
  await second.closeWindow()
  await expect.poll(() => second.play('window')).toBeNull()
  await second.launchAgain([])
  await expect.poll(() => second.play('window')).not.toBeNull()
})

const signedIn = ({ page }: RunningApplication): Promise<void> =>
  expect(page.getByRole('listbox', { name: 'Projects' })).toBeVisible({ timeout: 30_000 })
