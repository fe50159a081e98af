import { createClient } from '@supabase/supabase-js'
import { ada, expect, openArtifact, openIds, openProject, signIn, test } from './application.ts'
import { checkScreen } from './screen.ts'
import type { Team } from './team.ts'

const somebody = async (team: Team) => {
  const { url, publishableKey } = team.backend()
  const client = createClient(url, publishableKey, { auth: { persistSession: false } })
  await client.auth.signInWithPassword(ada)
  return client
}

test('an artifact that is renamed offline has its name after a quit, and at the server once there is one', async ({
  connected,
  team,
}, info) => {
  test.slow()
  const first = await connected()
  await signIn(first)
  await openProject(first)
  const title = `Renamed offline ${Date.now()}`
  const { projectId } = openIds(first.page)
  const client = await somebody(team)
  const id = crypto.randomUUID()
  await client
    .from('artifacts')
    .insert({ id, project_id: projectId, title: 'Before its rename', artifact_type: 'website' })
  await first.page.evaluate(
    (project) => window.desktop.sync.run({ projectId: project, files: 'all' }),
    projectId,
  )
  await openArtifact(first, 'Before its rename')
  await team.goDown()
  await first.page.getByRole('button', { name: 'Rename', exact: true }).press('Enter')
  const field = first.page.getByRole('textbox', { name: 'Title' })
  await expect(field).toHaveValue('Before its rename')
  await field.fill(title)
  await field.press('Enter')
  await expect(first.page.getByRole('heading', { name: title })).toBeVisible()
  const note = /waits for the server|is being sent/
  await expect(first.page.getByText(note)).toBeVisible()
  await checkScreen(first.page, 'rename-waits', info)
  await first.quit()

  const second = await connected()
  await openProject(second)
  await openArtifact(second, title)
  await expect(second.page.getByText(note)).toBeVisible()
  await team.comeBack()
  await expect(second.page.getByText(note)).toBeHidden({ timeout: 60_000 })
  await expect(second.page.getByRole('heading', { name: title })).toBeVisible()
  const again = await somebody(team)
  const { data } = await again.from('artifacts').select('title').eq('id', id)
  expect(data).toEqual([{ title }])
})
