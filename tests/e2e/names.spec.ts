import { createHash } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { createClient } from '@supabase/supabase-js'
import { ada, expect, openIds, openProject, openSync, signIn, test } from './application.ts'
import { checkScreen } from './screen.ts'
import type { Team } from './team.ts'

// Each is read as another name: rtllmth.jpg, and a title that ends in “safe”.
const name = 'rtl\u202Egpj.html'
const copy = 'rtl\u202Egpj (conflict, desk\u2066, 2026-01-31 14.03.22).html'
const gone = 'gone\u202Egpj.html'
const title = 'Tide \u202Eefas\u2069 signs'
const shownTitle = 'Tide U+202EefasU+2069 signs'

/** What is on the screen, or is read out, of characters that nobody sees; what is typed in is left as it is. */
const misleading = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const hidden = /[\u200E\u200F\u202A-\u202E\u2066-\u2069]/
    const found: string[] = []
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walk.nextNode(); node; node = walk.nextNode())
      if (hidden.test(node.nodeValue ?? '') && !node.parentElement?.closest('script,style'))
        found.push(node.parentElement?.outerHTML ?? '')
    for (const element of document.querySelectorAll('*'))
      for (const attribute of ['title', 'alt', 'placeholder', 'aria-label', 'aria-description'])
        if (hidden.test(element.getAttribute(attribute) ?? ''))
          found.push(element.outerHTML.slice(0, 300))
    return found
  })

/** An artifact as a server may hold it, whoever wrote it. */
const hostileArtifact = async (team: Team, projectId: string) => {
  const { url, publishableKey } = team.backend()
  const client = createClient(url, publishableKey, { auth: { persistSession: false } })
  await client.auth.signInWithPassword(ada)
  const id = crypto.randomUUID()
  const made = await client
    .from('artifacts')
    .insert({ id, project_id: projectId, title, artifact_type: 'website', status: 'ready' })
  expect(made.error).toBeNull()
  const put = async (path: string, text: string, file = crypto.randomUUID(), revision = 0) => {
    const sha256 = createHash('sha256').update(text).digest('hex')
    await client.storage.from('artifact-files').upload(`${id}/${sha256}`, Buffer.from(text))
    const { data } = await client.rpc('commit_artifact_changes', {
      artifact_id: id,
      expected: { [file]: revision },
      changes: [{ op: 'put', file_id: file, path, sha256, size: text.length }],
    })
    expect(data).toMatchObject({ status: 'committed' })
    return file
  }
  const first = await put(name, '<p>one</p>')
  await put(name, '<p>two</p>', first, 1)
  await put(copy, '<p>three</p>')
  const lost = await put(gone, '<p>gone</p>')
  return {
    id,
    removeGone: async () => {
      const { data } = await client.rpc('commit_artifact_changes', {
        artifact_id: id,
        expected: { [lost]: 1 },
        changes: [{ op: 'remove', file_id: lost }],
      })
      expect(data).toMatchObject({ status: 'committed' })
    },
    remove: async () => {
      await client.from('artifacts').delete().eq('id', id)
    },
  }
}

test('no name is read as another one, wherever it is shown', async ({
  connected,
  team,
  userData,
}, info) => {
  test.slow()
  const application = await connected()
  const { page } = application
  const safe = async (place: string): Promise<void> => {
    expect.soft(await misleading(page), place).toEqual([])
    await page.screenshot({ path: info.outputPath(`${place}.png`) })
  }
  await signIn(application)
  await openProject(application)
  const { projectId } = openIds(page)
  const artifact = await hostileArtifact(team, projectId)
  await page.evaluate((id) => window.desktop.sync.run({ projectId: id, files: 'all' }), projectId)
  const list = page.getByRole('listbox', { name: 'Artifacts' })
  await list.getByRole('option', { name: shownTitle }).click({ timeout: 60_000 })
  await expect(page.getByRole('heading', { level: 1, name: shownTitle })).toBeVisible()
  await safe('artifact')
  await page.getByRole('tree', { name: 'Files' }).getByRole('treeitem', { name: /^gone/ }).click()
  await expect(page.getByRole('heading', { level: 2, name: 'goneU+202Egpj.html' })).toBeVisible()
  await safe('file')
  await page.getByRole('button', { name: 'History' }).click()
  const history = page.getByRole('dialog', { name: /^History of Tide U\+202E/ })
  await history.getByText('Files of version 1', { exact: true }).click()
  await safe('history')
  await history.getByRole('button', { name: /^Look at rtlU\+202Egpj\.html of version 1/ }).click()
  await expect(page.getByRole('dialog', { name: 'rtlU+202Egpj.html' })).toBeVisible()
  await safe('version')
  await page.keyboard.press('Escape')
  await history.getByRole('button', { name: 'Go back… to version 1' }).click()
  await expect(page.getByText(/files are removed/)).toBeVisible()
  await safe('go-back')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox').fill('Tide')
  await expect(page.getByRole('option', { name: /Tide U\+202E/ }).first()).toBeVisible()
  await safe('palette')
  await page.keyboard.press('Escape')

  const folder = join(userData, '..', `names-${Date.now()}`)
  await mkdir(folder)
  await writeFile(join(folder, 'log\u202Egpj.log'), 'left out')
  await writeFile(join(folder, '.atelierignore'), '*.log\n')
  await application.chooseFolder(folder)
  await page.getByRole('button', { name: 'Link to a folder' }).click()
  await expect(page.getByRole('button', { name: 'Start syncing' })).toBeEnabled({ timeout: 30_000 })
  await page.getByRole('button', { name: /^By \.atelierignore/ }).click()
  await safe('link-sheet')
  await page.getByRole('button', { name: 'Start syncing' }).click()
  await expect.poll(() => readdir(folder), { timeout: 30_000 }).toContain(gone)
  await safe('link-page')
  await artifact.removeGone()
  await openSync(page)
  await page.getByRole('button', { name: /^Look again at Tide/ }).click()
  await expect.poll(() => readdir(folder), { timeout: 30_000 }).not.toContain(gone)
  const compare = page.getByRole('link', { name: /^Compare .* of rtlU\+202Egpj/ })
  await expect(compare).toBeVisible()
  await checkScreen(page, 'names-sync', info)
  await safe('sync')
  await page.getByRole('button', { name: /^Trash of Tide/ }).click()
  await expect(page.getByRole('button', { name: 'Restore goneU+202Egpj.html' })).toBeVisible()
  await safe('trash')
  await page.keyboard.press('Escape')
  await compare.click()
  await expect(page.getByRole('heading', { level: 1, name: 'rtlU+202Egpj.html' })).toBeVisible()
  await safe('conflict')
  await page.getByRole('button', { name: 'Keep both' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'rtlU+202Egpj.html' })).toBeHidden()
  await openSync(page)
  await safe('after')
  await page.getByRole('button', { name: /^Unlink Tide/ }).click()
  await safe('unlink')
  await page.getByRole('dialog').getByRole('button', { name: 'Unlink', exact: true }).click()
  await expect(page.getByText('No linked folders')).toBeVisible()
  await artifact.remove()
  await rm(folder, { recursive: true })
})
