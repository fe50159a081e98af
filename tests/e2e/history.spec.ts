import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import {
  ada,
  expect,
  openArtifact,
  openFile,
  openIds,
  openProject,
  signIn,
  test,
} from './application.ts'
import { checkScreen } from './screen.ts'
import type { Team } from './team.ts'

const tables = 'tide-tables.md'
const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')

/** Somebody at the server, beside the application. */
const somebody = async (team: Team, artifactId: string, path = tables) => {
  const { url, publishableKey } = team.backend()
  const client = createClient(url, publishableKey, { auth: { persistSession: false } })
  await client.auth.signInWithPassword(ada)
  const fileId = crypto.randomUUID()
  const commit = async (change: object): Promise<number> => {
    const { data: versions } = await client
      .from('artifact_file_versions')
      .select('revision')
      .eq('file_id', fileId)
      .order('revision', { ascending: false })
      .limit(1)
    const newest = versions?.[0]?.revision
    const { data } = await client.rpc('commit_artifact_changes', {
      artifact_id: artifactId,
      expected: newest ? { [fileId]: newest } : {},
      changes: [{ file_id: fileId, ...change }],
    })
    expect(data).toMatchObject({ status: 'committed' })
    return data.revision as number
  }
  return {
    put: async (text: string | Buffer): Promise<number> => {
      const hash = sha256(text)
      await client.storage.from('artifact-files').upload(`${artifactId}/${hash}`, Buffer.from(text))
      return commit({ op: 'put', path, sha256: hash, size: text.length })
    },
    /** The same content, which is executable or not. */
    mark: (text: string, is_executable: boolean): Promise<number> =>
      commit({ op: 'put', path, sha256: sha256(text), size: text.length, is_executable }),
    remove: () => commit({ op: 'remove' }),
    hash: async (): Promise<string | null> => {
      const { data } = await client
        .from('artifact_files')
        .select('sha256')
        .eq('artifact_id', artifactId)
        .eq('file_path', path)
        .maybeSingle()
      return data?.sha256 ?? null
    },
  }
}

test('any earlier revision comes back, one file or all; who may only look is told; without the server too', async ({
  connected,
  team,
}, info) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const { artifactId } = openIds(page)
  const server = await somebody(team, artifactId)
  const first = await server.put('# High water at noon\n')
  const second = await server.put('# High water at one\n')
  await server.remove()

  const open = page.getByRole('button', { name: 'History' })
  await open.click()
  const dialog = page.getByRole('dialog', { name: 'History of Tidewater microsite' })
  const revisions = dialog.getByRole('list', { name: 'Versions' }).locator('> li')
  await expect(revisions.first()).toContainText('Now')
  await expect(revisions.first()).toContainText('Ada Moreau')
  // By the keyboard alone.
  await dialog.getByText(`Files of version ${first}`, { exact: true }).focus()
  await page.keyboard.press('Enter')
  const look = dialog.getByRole('button', { name: `Look at ${tables} of version ${first}` })
  await expect(look).toBeVisible()
  await checkScreen(page, 'history', info)
  const before = await revisions.count()
  await look.focus()
  await page.keyboard.press('Enter')
  const version = page.getByRole('dialog', { name: tables, exact: true })
  await expect(version).toContainText(`Version ${first} · Ada Moreau`)
  // On both sides, as long as this computer has not heard of what came after it.
  await expect(version.getByText('# High water at noon').first()).toBeVisible()
  await expect(version.getByText('not there any more')).toBeVisible()
  const toThis = version.getByRole('button', { name: 'Go back to this…' })
  await toThis.press('Enter')
  const question = page.getByRole('dialog', { name: /^Go back to / })
  await expect(question).toContainText('nothing is lost')
  await checkScreen(page, 'go-back', info)
  // Who thinks better of it is where they were, and nothing happened.
  await page.keyboard.press('Escape')
  await expect(question).toBeHidden()
  await expect(toThis).toBeFocused()
  expect(await server.hash()).toBeNull()
  await toThis.press('Enter')
  await question.getByRole('button', { name: 'Go back', exact: true }).press('Enter')
  await expect.poll(server.hash).toBe(sha256('# High water at noon\n'))
  await expect(version).toBeHidden()
  await expect(look).toBeFocused()
  await expect(revisions).toHaveCount(before + 1)

  // What is there now stands beside what was.
  await dialog.getByText(`Files of version ${second}`, { exact: true }).click()
  await dialog.getByRole('button', { name: `Look at ${tables} of version ${second}` }).click()
  await expect(version.getByText('# High water at one')).toBeVisible()
  await expect(version.getByText('# High water at noon')).toBeVisible()
  await checkScreen(page, 'version', info)
  await page.keyboard.press('Escape')
  await look.click()
  await expect(version.getByText('This is what is there now.')).toBeVisible()
  await expect(toThis).toHaveCount(0)
  await page.keyboard.press('Escape')

  // All of it, as it was after another revision; and that is one more, too.
  const other = await somebody(team, artifactId, 'later.md')
  await other.put('# Later\n')
  await server.remove()
  await dialog.getByRole('button', { name: `Go back… to version ${second}` }).click()
  await expect(question).toContainText('One file is removed')
  await expect(question).toContainText('later.md')
  await expect(question).toContainText('One file comes back')
  await expect(question).toContainText(/Ada Moreau removed one file of these, .+ for everybody\./)
  await checkScreen(page, 'go-back-all', info)
  const goBack = question.getByRole('button', { name: 'Go back', exact: true })
  await goBack.click()
  await expect.poll(server.hash).toBe(sha256('# High water at one\n'))
  expect(await other.hash()).toBeNull()
  await expect(revisions).toHaveCount(before + 4)
  await expect(question).toBeHidden()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(open).toBeFocused()
  await expect(
    page.getByRole('tree', { name: 'Files' }).getByRole('treeitem', { name: /^tide-tables/ }),
  ).toBeVisible({ timeout: 30_000 })

  // Without the server the list of before stays, and says that it is old.
  await team.goDown()
  await open.click()
  await expect(dialog.getByRole('alert')).toContainText('Earlier versions need the server', {
    timeout: 40_000,
  })
  await expect(revisions).toHaveCount(before + 4)
  // One that nobody opened here is at the server alone.
  const oldest = revisions.last()
  await oldest.locator('summary').click()
  await oldest.getByRole('button', { name: /^Look/ }).first().click()
  const unseen = page.getByRole('dialog').last()
  await expect(unseen.getByText('Earlier versions need the server')).toBeVisible({
    timeout: 40_000,
  })
  await checkScreen(page, 'version-offline', info)
  await page.keyboard.press('Escape')
  await team.comeBack()
  await expect(async () => {
    const again = dialog.getByRole('button', { name: 'Try again' })
    if (await again.isVisible()) await again.click({ timeout: 2_000 })
    await expect(dialog.getByRole('alert')).toBeHidden({ timeout: 20_000 })
  }).toPass({ timeout: 90_000 })
  await expect(revisions).toHaveCount(before + 4)
  await server.remove()
  await application.quit()
})

test('an image and what has no view are looked at, too', async ({
  connected,
  team,
  userData,
}, info) => {
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const { artifactId, projectId } = openIds(page)
  const image = (fill: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80"><rect width="120" height="80" fill="${fill}"/></svg>`
  const buoy = await somebody(team, artifactId, 'buoy.svg')
  const drawn = await buoy.put(image('teal'))
  await buoy.put(image('tomato'))
  const data = await somebody(team, artifactId, 'depths.bin')
  const measured = await data.put(Buffer.alloc(1_234, 0))
  await data.put(Buffer.alloc(2_500, Buffer.from([0, 255, 7])))
  await page.evaluate((id) => window.desktop.sync.run({ projectId: id, files: 'all' }), projectId)
  await expect(page.getByRole('treeitem', { name: /^buoy/ })).toBeVisible()

  await page.getByRole('button', { name: 'History' }).click()
  const dialog = page.getByRole('dialog', { name: 'History of Tidewater microsite' })
  const look = async (revision: number): Promise<void> => {
    await dialog.getByText(`Files of version ${revision}`, { exact: true }).click()
    await dialog
      .getByRole('button', { name: new RegExp(`^Look at .* of version ${revision}$`) })
      .click()
  }
  await look(drawn)
  const images = page
    .getByRole('dialog', { name: 'buoy.svg' })
    .getByRole('img', { name: 'buoy.svg' })
  await expect(images).toHaveCount(2)
  for (const each of await images.all())
    await expect
      .poll(() => each.evaluate((element: HTMLImageElement) => element.naturalWidth))
      .toBe(120)
  await checkScreen(page, 'version-image', info)
  await page.keyboard.press('Escape')
  await look(measured)
  const opaque = page.getByRole('dialog', { name: 'depths.bin' })
  await expect(opaque.getByText('1.2 kB')).toBeVisible()
  await expect(opaque.getByText('2.5 kB')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  // What has no view can be saved.
  await openFile(application, 'depths.bin')
  const copies = join(userData, '..', `copies-${Date.now()}`)
  await mkdir(copies)
  await application.chooseFolder(copies)
  await expect(page.getByText('No view for this kind of file')).toBeVisible()
  await checkScreen(page, 'no-view', info)
  await page.getByRole('button', { name: 'Save a copy…' }).press('Enter')
  await expect(page.getByText(`A copy is at ${copies}/depths.bin`).first()).toBeAttached()
  expect(await readdir(copies)).toEqual(['depths.bin'])
  expect(await readFile(join(copies, 'depths.bin'))).toEqual(
    Buffer.alloc(2_500, Buffer.from([0, 255, 7])),
  )
  await rm(copies, { recursive: true })
  await buoy.remove()
  await data.remove()
})

test('a version that is executable and nothing else says so, and comes back', async ({
  connected,
  team,
}, info) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const server = await somebody(team, openIds(page).artifactId, 'tides.sh')
  const text = '#!/bin/sh\necho high\n'
  const plain = await server.put(text)
  const marked = await server.mark(text, true)
  // It has come here by itself.
  await expect(page.getByRole('treeitem', { name: /tides\.sh/ })).toBeVisible({ timeout: 90_000 })
  await page.getByRole('button', { name: 'History' }).click()
  const dialog = page.getByRole('dialog', { name: 'History of Tidewater microsite' })
  await dialog.getByText(`Files of version ${marked}`, { exact: true }).click()
  await expect(dialog.getByText(/^made executable/)).toBeVisible()
  await dialog.getByText(`Files of version ${plain}`, { exact: true }).click()
  await dialog.getByRole('button', { name: `Look at tides.sh of version ${plain}` }).click()
  const version = page.getByRole('dialog', { name: 'tides.sh', exact: true })
  await expect(version.getByText('The file was not executable then, and is now.')).toBeVisible()
  await expect(version.getByText('unchanged lines')).toHaveCount(0)
  await checkScreen(page, 'version-executable', info)
  await version.getByRole('button', { name: 'Go back to this…' }).click()
  const question = page.getByRole('dialog', { name: /^Go back to / })
  await question.getByRole('button', { name: 'Go back', exact: true }).click()
  await expect(version).toBeHidden()
  const now = dialog.getByRole('list', { name: 'Versions' }).locator('> li').first()
  await now.getByText(/^Files of version/).click()
  await expect(now.getByText(/^not executable any more/)).toBeVisible()
})

test('who may only look sees the history, and is offered no way back', async ({
  connected,
  team,
}) => {
  const application = await connected()
  const { page } = application
  await signIn(application, { ...ada, email: 'chloe@atelier.example' })
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const server = await somebody(team, openIds(page).artifactId)
  await server.put('# Low water at six\n')
  await server.put('# Low water at seven\n')
  const before = await server.hash()
  expect(before).not.toBeNull()
  await page.getByRole('button', { name: 'History' }).click()
  await expect(page.getByText(/^You may read this artifact, not change it/)).toBeVisible()
  await expect(page.getByRole('list', { name: 'Versions' }).getByText('tide')).not.toHaveCount(0)
  await expect(page.getByRole('button', { name: /^Go back/ })).toHaveCount(0)
  expect(await server.hash()).toBe(before)
  await server.remove()
})

test('an open history shows what somebody else commits meanwhile', async ({ connected, team }) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const { artifactId } = openIds(page)
  const server = await somebody(team, artifactId, 'told-of-history.md')
  const first = await server.put('# Said once\n')
  await page.getByRole('button', { name: 'History' }).click()
  const dialog = page.getByRole('dialog', { name: 'History of Tidewater microsite' })
  const filesOf = (revision: number) =>
    dialog.getByText(`Files of version ${revision}`, { exact: true })
  await expect(filesOf(first)).toBeVisible()
  const second = await server.put('# Said twice\n')
  await expect(filesOf(second)).toBeVisible()
  await expect(
    dialog.getByRole('list', { name: 'Versions' }).locator('> li').first(),
  ).toContainText('Now')
})
