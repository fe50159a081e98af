import { randomUUID } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import {
  ada,
  expect,
  openArtifact,
  openIds,
  openProject,
  openSync,
  signIn,
  test,
} from './application.ts'
import { checkScreen } from './screen.ts'

test('a change that is refused is told wherever its person is, and has its ways out where sync is', async ({
  connected,
  team,
}, info) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  const { projectId } = openIds(page)
  const { url, publishableKey } = team.backend()
  const client = createClient(url, publishableKey, { auth: { persistSession: false } })
  await client.auth.signInWithPassword(ada)
  const id = randomUUID()
  const first = `Soon gone ${Date.now()}`
  const title = `Renamed and gone ${Date.now()}`
  await client
    .from('artifacts')
    .insert({ id, project_id: projectId, title: first, artifact_type: 'website' })
  await page.evaluate(
    (project) => window.desktop.sync.run({ projectId: project, files: 'all' }),
    projectId,
  )
  await openArtifact(application, first)
  const refuse = postgres(team.backend().databaseUrl, { max: 1, onnotice: () => {} })
  await refuse.unsafe(`
    create function private.refuse_for_a_spec() returns trigger language plpgsql as $$
    begin raise exception 'Refused by a spec.' using errcode = '42501'; end $$;
    create trigger refuse_for_a_spec before update on public.artifacts for each row
    when (new.id = '${id}') execute function private.refuse_for_a_spec()`)
  await refuse.end()
  await team.goDown()
  await page.getByRole('button', { name: 'Rename', exact: true }).press('Enter')
  const field = page.getByRole('textbox', { name: 'Title' })
  await field.fill(title)
  await field.press('Enter')
  await expect(page.getByRole('heading', { name: title })).toBeVisible()

  // Whoever leaves is told what stays behind.
  await page.getByRole('button', { name: /^Account: / }).click()
  await page.getByRole('menuitem', { name: /^Sign out/ }).click()
  const leaving = page.getByRole('dialog', { name: 'Sign out of this computer?' })
  await leaving.getByRole('switch', { name: 'Remove local copies' }).click()
  await expect(leaving).toContainText(/One edit has not been sent yet/)
  await page.keyboard.press('Escape')
  await expect(leaving).toBeHidden()
  await openSync(page)
  const changes = page.getByRole('list', { name: 'Changes' })
  const change = changes.getByRole('listitem').filter({ hasText: title })
  await expect(change).toContainText('waits for the server')
  await expect(page.getByText(/1 to send/).first()).toBeAttached()
  await checkScreen(page, 'changes-wait', info)
  await page.getByRole('button', { name: 'Settings' }).click()

  try {
    await team.comeBack()
    await expect(
      page.getByText(`The new title “${title}” was refused. You may not do this`).first(),
    ).toBeVisible({ timeout: 60_000 })
    await expect(page.getByRole('button', { name: /Needs your attention/ }).first()).toBeVisible()
    await openSync(page)
    await expect(change).toContainText('was refused')
    await checkScreen(page, 'changes-refused', info)
    await change.getByRole('button', { name: 'Try again' }).press('Enter')
    await expect(change).toContainText('was refused', { timeout: 20_000 })
    await change.getByRole('button', { name: 'Discard' }).press('Enter')
    await expect(changes).toHaveCount(0)
    await expect(page.getByRole('button', { name: /Needs your attention/ })).toHaveCount(0)
  } finally {
    await team.comeBack()
    const sql = postgres(team.backend().databaseUrl, { max: 1, onnotice: () => {} })
    await sql`drop function private.refuse_for_a_spec() cascade`
    await sql`delete from public.artifacts where id = ${id}`
    await sql.end()
  }
})
