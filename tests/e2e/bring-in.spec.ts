import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { previewPage } from '../fixtures/preview-page.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import {
  expect,
  openIds,
  openProject,
  type RunningApplication,
  signIn,
  test,
} from './application.ts'
import { dragOver } from './drop.ts'
import { checkScreen } from './screen.ts'

test.beforeEach(() => {
  test.skip(test.info().project.name === 'electron', 'not run: its drags are the host’s')
})

const siteFolder = async (): Promise<string> => {
  const folder = join(await temporaryFolder('e2e-site'), 'Harbour lights')
  await mkdir(join(folder, 'styles'), { recursive: true })
  await writeFile(join(folder, 'index.html'), '<h1>Lights of the harbour</h1>')
  await writeFile(join(folder, 'styles/site.css'), 'h1 { color: teal }')
  await writeFile(join(folder, '.env'), 'TOKEN=1')
  return folder
}
const arrive = async ({ page }: RunningApplication): Promise<void> => {
  await page.getByRole('button', { name: /Work on this computer/ }).click()
  await page.getByLabel('Your name').fill('Robin Vale', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Start working' }).click()
  await expect(page.getByText('No artifacts yet')).toBeVisible()
}

test('first run ends in work: a name, a folder dropped on the window, its page in sight', async ({
  launch,
}, info) => {
  test.setTimeout(180_000)
  const application = await launch()
  const { page } = application
  await arrive(application)
  await checkScreen(page, 'artifacts-empty', info)
  const folder = await siteFolder()
  const drag = await dragOver(page.getByText('No artifacts yet'), [folder])
  await expect(page.getByText('Drop to make an artifact of it')).toBeVisible()
  await checkScreen(page, 'drop-overlay', info)
  await drag.drop()
  const dialog = page.getByRole('dialog', { name: 'Make an artifact of these files' })
  await expect(dialog.getByLabel('Name')).toHaveValue('Harbour lights')
  await expect(dialog.getByText('One file may hold secrets')).toBeVisible()
  await checkScreen(page, 'bring-in-sheet', info)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Harbour lights' })).toBeVisible()
  const preview = await previewPage(page)
  await expect(preview.getByRole('heading', { name: 'Lights of the harbour' })).toBeVisible()
  // A message in the corner leaves the page to be seen above it.
  const view = page.locator('[id^="host-view-"]')
  const heightOf = async (): Promise<number> => (await view.boundingBox())?.height ?? 0
  await expect(page.getByRole('region', { name: 'Messages' }).getByText(/came in/)).toHaveCount(0)
  await expect(view).toBeVisible()
  const whole = await heightOf()
  await page.evaluate(() => {
    const message = Object.assign(document.createElement('div'), { id: 'message' })
    message.dataset.layer = ''
    message.style.cssText = 'position: fixed; right: 16px; bottom: 16px; width: 320px; height: 40px'
    document.body.append(message)
  })
  await expect.poll(heightOf).toBeLessThan(whole)
  await expect(view).toBeVisible()
  await page.evaluate(() => document.getElementById('message')?.remove())
  await expect.poll(heightOf).toBe(whole)
  await expect(page.getByRole('treeitem', { name: /^\.env/ })).toHaveCount(0)

  // A page cannot say where a file lies: what it makes itself lies nowhere.
  const made = await page.evaluate(
    (place) => window.desktop.adding.examineDropped(place, [new File(['x'], '/etc/passwd')]),
    openIds(page),
  )
  expect(made).toBeNull()
  const forged = await page.evaluate(
    (place) =>
      window.desktop.adding
        .examineDropped(place, { map: () => ['/etc/passwd'], length: 0 } as never)
        .then(JSON.stringify, String),
    openIds(page),
  )
  expect(forged).not.toContain('passwd')
  expect(await page.evaluate(() => 'path' in new File([], 'x'))).toBe(false)
})

test('a project, an artifact, a file and uploads, by the buttons and by the keyboard', async ({
  launch,
}, info) => {
  test.setTimeout(240_000)
  const application = await launch()
  const { page } = application
  await arrive(application)
  await page.getByRole('button', { name: 'New project' }).click()
  await page.getByRole('dialog', { name: 'New project' }).waitFor()
  await checkScreen(page, 'new-project', info)
  await page.getByLabel('Name').fill('Spring season')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Spring season' })).toBeVisible()

  await page.getByRole('button', { name: 'Make the first one' }).click()
  await page.getByRole('dialog', { name: 'New artifact' }).waitFor()
  await checkScreen(page, 'new-artifact', info)
  await page.getByLabel('Name').fill('Notes')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Notes' })).toBeVisible()
  await expect(page.getByText('No files yet')).toBeVisible()
  await checkScreen(page, 'artifact-empty', info)

  await page.getByRole('button', { name: 'New file…' }).click()
  await page.getByLabel('Name').fill('CON')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('cannot be used')
  await checkScreen(page, 'new-file', info)
  await page.getByLabel('Name').fill('pages/ideas.md')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 2, name: 'pages/ideas.md' })).toBeVisible()

  const folder = await siteFolder()
  await application.chooseFolder([join(folder, 'index.html')].join('\n'))
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Upload files…' }).click()
  await expect(page.getByRole('treeitem', { name: /^index\.html/ })).toBeVisible()
  // Once more with other words: both stay.
  await writeFile(join(folder, 'index.html'), '<h1>Other lights</h1>')
  await application.chooseFolder(join(folder, 'index.html'))
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Upload files…' }).click()
  await expect(page.getByText('One file of that name is there already')).toBeVisible()
  await checkScreen(page, 'name-taken', info)
  await page.getByRole('button', { name: 'Bring in one file' }).click()
  await expect(page.getByRole('treeitem', { name: /^index 2\.html/ })).toBeVisible()
  // A folder keeps its structure.
  const drag = await dragOver(page.getByRole('tree', { name: 'Files' }), [join(folder, 'styles')])
  await drag.drop()
  await expect(page.getByRole('treeitem', { name: /^site\.css/ })).toBeVisible()
  const paths = await page.evaluate(
    async ({ artifactId }) =>
      (await window.desktop.artifacts.files({ artifactId })).map(({ path }) => path).sort(),
    openIds(page),
  )
  expect(paths).toEqual(['index 2.html', 'index.html', 'pages/ideas.md', 'styles/site.css'])

  await page.getByRole('link', { name: 'Back to the artifacts' }).click()
  await page.getByRole('button', { name: 'New artifact' }).click()
  await page.getByRole('radio', { name: /The sample/ }).check()
  await page.getByRole('button', { name: 'Open the sample' }).click()
  await page.getByRole('button', { name: /^Bring in/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Tidewater microsite' })).toBeVisible()
  await expect(page.getByRole('treeitem', { name: /^tides\.js/ })).toBeVisible()

  await checkScreen(page, 'artifact', info)
  await page.getByRole('link', { name: 'Back to the artifacts' }).click()
  await checkScreen(page, 'list', info)
})

test('who may only look is told why nothing can be added', async ({ connected }, info) => {
  const application = await connected()
  const { page } = application
  await signIn(application, { email: 'chloe@atelier.example', password: 'harbour-light-2026' })
  await openProject(application)
  await expect(page.getByRole('button', { name: 'New artifact' })).toBeDisabled()
  const drag = await dragOver(page.getByRole('listbox', { name: 'Artifacts' }), [
    await siteFolder(),
  ])
  await expect(page.getByText('Your role lets you look at this project')).toBeVisible()
  await checkScreen(page, 'drop-refused', info)
  await drag.drop()
  await expect(page.getByRole('dialog')).toHaveCount(0)
})
