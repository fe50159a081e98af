import { createHash, randomUUID } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import { ada, expect, openArtifact, openIds, openProject, signIn, test } from './application.ts'
import { commitElsewhere, putElsewhere, removeElsewhere } from './elsewhere.ts'
import { checkScreen } from './screen.ts'
import type { Team } from './team.ts'

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const somebody = async (team: Team) => {
  const { url, publishableKey } = team.backend()
  const client = createClient(url, publishableKey, { auth: { persistSession: false } })
  await client.auth.signInWithPassword(ada)
  return client
}
/** Two versions of one file, and the file gone in the third. */
const artifactWithHistory = async (team: Team, projectId: string, title: string) => {
  const client = await somebody(team)
  const id = randomUUID()
  await client
    .from('artifacts')
    .insert({ id, project_id: projectId, title, artifact_type: 'website' })
  const text = '# Ebb\n'
  const put = { op: 'put', file_id: randomUUID(), path: 'log.md', sha256: hashOf(text), size: 6 }
  await commitElsewhere(team, id, () => ({ expected: { [put.file_id]: 0 }, changes: [put] }), {
    text,
  })
  await putElsewhere(team, id, 'log.md', '# Flood\n')
  await removeElsewhere(team, id, 'log.md')
  return id
}
const contentOf = async (team: Team, artifactId: string): Promise<string | null> => {
  const client = await somebody(team)
  const { data } = await client
    .from('artifact_files')
    .select('sha256')
    .eq('artifact_id', artifactId)
    .eq('file_path', 'log.md')
    .maybeSingle()
  return data?.sha256 ?? null
}

test('without the server one goes back all the same, with one file and with all, and it is done when it is back', async ({
  connected,
  team,
}, info) => {
  test.slow()
  const first = await connected()
  const { page } = first
  await signIn(first)
  await openProject(first)
  const { projectId } = openIds(page)
  const titles = [`Back offline, one ${Date.now()}`, `Back offline, all ${Date.now()}`] as const
  const one = await artifactWithHistory(team, projectId, titles[0])
  const all = await artifactWithHistory(team, projectId, titles[1])
  await page.evaluate((id) => window.desktop.sync.run({ projectId: id, files: 'all' }), projectId)
  const open = async (title: string) => {
    await openArtifact(first, title)
    await page.getByRole('button', { name: 'History' }).click()
    const dialog = page.getByRole('dialog', { name: `History of ${title}` })
    await expect(dialog.getByRole('list', { name: 'Versions' }).locator('> li')).toHaveCount(3)
    return dialog
  }
  // The lists are what this computer has of it; no content was looked at.
  for (const title of titles) {
    const dialog = await open(title)
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  }
  await team.goDown()

  const goBack = page
    .getByRole('dialog', { name: /^Go back to / })
    .getByRole('button', { name: 'Go back', exact: true })
  const ofAll = await open(titles[1])
  await ofAll
    .getByRole('list', { name: 'Versions' })
    .locator('> li')
    .last()
    .getByRole('button', { name: /^Go back/ })
    .click()
  const question = page.getByRole('dialog', { name: /^Go back to / })
  await expect(question).toContainText('Without the server nobody can say now', { timeout: 40_000 })
  await checkScreen(page, 'go-back-all-offline', info)
  await goBack.press('Enter')
  await expect(question).toBeHidden({ timeout: 20_000 })
  await expect(ofAll.getByText(/^Going back to version \d+ (waits|is being)/)).toBeVisible()
  await page.keyboard.press('Escape')

  const ofOne = await open(titles[0])
  const last = ofOne.getByRole('list', { name: 'Versions' }).locator('> li').last()
  await last.locator('summary').click()
  await last.getByRole('button', { name: /^Look/ }).click()
  const version = page.getByRole('dialog', { name: 'log.md', exact: true })
  await expect(version.getByText('Earlier versions need the server')).toBeVisible({
    timeout: 40_000,
  })
  await version.getByRole('button', { name: 'Go back to this…' }).press('Enter')
  await expect(question).toContainText('was not looked at')
  await checkScreen(page, 'go-back-offline', info)
  await goBack.press('Enter')
  await expect(version).toBeHidden({ timeout: 20_000 })
  await expect(ofOne.getByText(/^Going back with one file (waits|is being)/)).toBeVisible()
  await first.quit()

  await team.comeBack()
  await connected()
  for (const id of [one, all])
    await expect.poll(() => contentOf(team, id), { timeout: 60_000 }).toBe(hashOf('# Ebb\n'))
})

test('going back with what was looked at never undoes what somebody did meanwhile', async ({
  connected,
  team,
}) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  const { projectId } = openIds(page)
  const title = `Back, and somebody was faster ${Date.now()}`
  const id = await artifactWithHistory(team, projectId, title)
  await page.evaluate(
    (project) => window.desktop.sync.run({ projectId: project, files: 'all' }),
    projectId,
  )
  await openArtifact(application, title)
  await page.getByRole('button', { name: 'History' }).click()
  const versions = page.getByRole('list', { name: 'Versions' }).locator('> li')
  await expect(versions).toHaveCount(3)
  await versions.last().locator('summary').click()
  await versions.last().getByRole('button', { name: /^Look/ }).click()
  const version = page.getByRole('dialog', { name: 'log.md', exact: true })
  await version.getByRole('button', { name: 'Go back to this…' }).click()
  const question = page.getByRole('dialog', { name: /^Go back to / })
  await expect(question).toBeVisible()
  // The same commit comes back with other words, before the question is answered.
  const client = await somebody(team)
  const { data: gone } = await client
    .from('artifact_file_versions')
    .select('file_id, revision')
    .eq('artifact_id', id)
    .order('revision', { ascending: false })
    .limit(1)
    .single()
  const text = '# Meanwhile\n'
  await page.route(/artifact_file_versions/, (route) => route.abort())
  await commitElsewhere(
    team,
    id,
    () => ({
      expected: { [gone?.file_id]: gone?.revision },
      changes: [
        {
          op: 'put',
          file_id: gone?.file_id,
          path: 'log.md',
          sha256: hashOf(text),
          size: text.length,
        },
      ],
    }),
    { text },
  )
  await question.getByRole('button', { name: 'Go back', exact: true }).click()
  await expect(page.getByText(/Somebody was faster|Someone was faster/).first()).toBeVisible({
    timeout: 20_000,
  })
  expect(await contentOf(team, id)).toBe(hashOf(text))
  await page.unroute(/artifact_file_versions/)
})
