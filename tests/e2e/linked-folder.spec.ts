import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filesIn } from '../files-in.ts'
import {
  expect,
  linkFolder,
  openArtifact,
  openIds,
  openProject,
  openSync,
  signIn,
  test,
} from './application.ts'
import { commitElsewhere, putElsewhere } from './elsewhere.ts'
import { checkScreen } from './screen.ts'

test('a linked folder follows both ways; conflicts and deletions are decided in the panel', async ({
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
  const { artifactId } = openIds(page)
  const folder = join(userData, '..', `linked-${Date.now()}`)
  await mkdir(folder)
  await linkFolder(application, folder)
  await page.getByRole('link', { name: 'Back', exact: true }).click()
  await expect(page.getByRole('button', { name: /^Linked/ })).toBeVisible()
  await expect.poll(() => readdir(folder), { timeout: 20_000 }).toContain('index.html')
  const names = (await readdir(folder)).filter((name) => name !== '.atelier')

  // From another program into the application.
  await writeFile(join(folder, 'notes.md'), '# Tides\n')
  await expect(
    page.getByRole('tree', { name: 'Files' }).getByRole('treeitem', { name: /^notes\.md/ }),
  ).toBeVisible({ timeout: 30_000 })

  // Both sides change one file while the folder is paused.
  await openSync(page)
  await page.getByRole('button', { name: /^Pause Tidewater/ }).click()
  await expect(page.getByText('Paused', { exact: true })).toBeVisible()
  await writeFile(join(folder, 'README.md'), '# Mine\n\nHigh water at noon.\n')
  await putElsewhere(team, artifactId, 'README.md', '# Theirs\n\nLow water at noon.\n')
  await page.getByRole('button', { name: /^Resume Tidewater/ }).click()
  const compare = page.getByRole('link', { name: /Compare/ })
  await expect(compare).toBeVisible({ timeout: 40_000 })
  await checkScreen(page, 'sync', info)
  await compare.click()
  await expect(page.getByText('Low water at noon.')).toBeVisible()
  await expect(page.getByText('High water at noon.')).toBeVisible()
  await expect(page.getByText(/^The file as it stands, You, just now$/)).toBeVisible()
  await expect(
    page.getByText(/^The copy from .+, You on .+, \d{4}-\d\d-\d\d \d\d:\d\d/),
  ).toBeVisible()
  await checkScreen(page, 'conflict', info)
  await page.getByRole('button', { name: /^Keep the copy from/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Sync' })).toBeVisible()
  await expect(page.getByText(/^No conflicts/)).toBeVisible({ timeout: 20_000 })
  await expect
    .poll(async () => (await readdir(folder)).filter((name) => name.includes('conflict')), {
      timeout: 40_000,
    })
    .toEqual([])
  expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain('Mine')

  // Many files go at once: nothing is deleted before somebody says so.
  for (const name of names) await rm(join(folder, name), { recursive: true })
  await expect(
    page.getByText(/deleted in this folder\. Should they be deleted everywhere/),
  ).toBeVisible({
    timeout: 30_000,
  })
  await checkScreen(page, 'deletions', info)
  await page.getByRole('button', { name: 'Bring them back' }).click()
  await expect.poll(() => readdir(folder), { timeout: 30_000 }).toContain('index.html')

  // What somebody else deletes is in the trash here, beside the copy that lost.
  await mkdir(join(folder, 'tides'))
  await writeFile(join(folder, 'tides/low.md'), '# Low water\n')
  const tree = () => filesIn(folder)
  const isKnown = async (): Promise<boolean> =>
    page.evaluate(
      async (id) =>
        (await window.desktop.artifacts.files({ artifactId: id })).some(
          ({ path }) => path === 'tides/low.md',
        ),
      artifactId,
    )
  await expect.poll(isKnown, { timeout: 40_000 }).toBe(true)
  await commitElsewhere(team, artifactId, (files) => {
    const gone = files.filter(({ file_path }) => /^(notes|tides\/low)\.md$/.test(file_path))
    expect(gone).toHaveLength(2)
    return {
      expected: Object.fromEntries(gone.map(({ id, revision }) => [id, revision])),
      changes: gone.map(({ id }) => ({ op: 'remove', file_id: id })),
    }
  })
  await page.getByRole('button', { name: /^Look again at Tidewater/ }).click()
  await expect.poll(tree, { timeout: 30_000 }).not.toContain('notes.md')
  await expect.poll(tree, { timeout: 30_000 }).not.toContain('tides/low.md')
  await page.getByRole('button', { name: /^Pause Tidewater/ }).click()
  await expect(page.getByText('Paused', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: /^Trash of Tidewater/ }).click()
  const trash = page.getByRole('dialog', { name: /^Trash of Tidewater/ })
  await expect(trash.getByText(/removed .* · 30 days left$/)).toHaveCount(3)
  await checkScreen(page, 'trash', info)
  // One of them has no way back while something else bears the name of its folder.
  await rm(join(folder, 'tides'), { recursive: true, force: true })
  await writeFile(join(folder, 'tides'), 'in the way')
  await trash.getByRole('button', { name: 'Restore all' }).press('Enter')
  await expect(trash.getByText('2 files are back. One file could not be restored.')).toBeVisible()
  await expect(trash.getByRole('list', { name: 'Not restored' })).toContainText('tides/low.md')
  await checkScreen(page, 'trash-all', info)
  expect(await readdir(folder)).toContain('notes.md')
  expect(await readFile(join(folder, 'tides'), 'utf8')).toBe('in the way')
  await rm(join(folder, 'tides'))
  await trash.getByRole('button', { name: 'Restore tides/low.md' }).click()
  await expect.poll(tree).toContain('tides/low.md')
  await expect(trash.getByText('The trash is empty')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Resume Tidewater/ }).click()

  // It is moved: another folder is not taken for it, the one that was moved is.
  const moved = `${folder}-moved`
  await rename(folder, moved)
  await page.getByRole('button', { name: /^Look again at Tidewater/ }).click()
  const choose = page.getByRole('button', { name: /^Choose its new place/ })
  await expect(choose).toBeVisible({ timeout: 30_000 })
  await checkScreen(page, 'moved', info)
  await mkdir(folder)
  await application.chooseFolder(folder)
  await choose.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText(/^This is not the folder that was linked/).first()).toBeVisible()
  expect(await readdir(folder)).toEqual([])
  await rm(folder, { recursive: true })
  await application.chooseFolder(moved)
  await choose.click()
  await expect(choose).toBeHidden()
  await expect(page.getByText(moved, { exact: true }).first()).toBeVisible()
  await expect(page.getByText('The linked folder is not there')).toBeHidden({ timeout: 30_000 })

  await page.getByRole('button', { name: /^Unlink Tidewater/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Unlink', exact: true }).click()
  await expect(page.getByText('No linked folders')).toBeVisible()
  expect(await readdir(moved)).toContain('index.html')
  await rm(moved, { recursive: true })
})
