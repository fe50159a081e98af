import postgres from 'postgres'
import {
  ada,
  expect,
  openArtifact,
  openProject,
  type RunningApplication,
  signIn,
  studio,
  test,
} from './application.ts'
import { checkScreen } from './screen.ts'
import type { Team } from './team.ts'

const password = 'a-long-password-2026'

const asOwner = async <T>(team: Team, work: (sql: postgres.Sql) => Promise<T>): Promise<T> => {
  const sql = postgres(team.backend().databaseUrl, { max: 1, onnotice: () => {} })
  return await work(sql).finally(() => sql.end())
}
const setStatus = async (team: Team, email: string, status: string) => {
  const changed = await asOwner(
    team,
    (sql) =>
      sql`update public.users set status = ${status}::public.user_status
        where id = (select id from auth.users where email = ${email}) returning id`,
  )
  expect(changed, `${email} is one account`).toHaveLength(1)
}
const signUp = async ({ page }: RunningApplication, name: string, email: string) => {
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create account', exact: true }).click()
}
/** What the server decides shows by itself within ten seconds. */
const soon = { timeout: 10_000 }

test('whoever is not let in is told why, and comes in by itself', async ({
  connected,
  team,
}, info) => {
  test.slow()
  const email = 'noor@standing.example'
  const application = await connected()
  const { page } = application
  await signUp(application, 'Noor', email)
  // Nobody's standing is changed before they are somebody.
  await expect(page.getByRole('listbox', { name: 'Projects' })).toBeVisible()
  const pages: [status: string, title: string][] = [
    ['waitlist', 'You are on the waiting list'],
    ['invited', 'Your invitation waits for you'],
    ['banned', 'This account was barred'],
    ['inactive', 'This account is switched off'],
    ['archived', 'This account is archived'],
  ]
  for (const [status, title] of pages) {
    await setStatus(team, email, status)
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible(soon)
    await expect(page.getByText(email)).toBeVisible()
    await checkScreen(page, `standing-${status}`, info)
  }
  await asOwner(
    team,
    (sql) => sql`select private.activate_user(id) from auth.users where email = ${email}`,
  )
  await setStatus(team, email, 'active')
  await expect(page.getByRole('listbox', { name: 'Projects' })).toBeVisible(soon)
  await setStatus(team, email, 'banned')
  await expect(page.getByRole('heading', { level: 1, name: pages[2]?.[1] ?? '' })).toBeVisible(soon)
  await page.getByRole('button', { name: 'Use another account' }).click()
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible()
})

test('the next account starts clean, and an address that is not for it says so', async ({
  connected,
}, info) => {
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await page.getByRole('option', { name: /Tidewater microsite/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Tidewater microsite' })).toBeVisible()
  const former = new URL(page.url()).hash
  await page.getByRole('button', { name: 'Account: Ada Moreau' }).click()
  await page.getByRole('menuitem', { name: 'Sign out…' }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await signUp(application, 'Guest', 'guest@standing.example')
  await expect(page.getByRole('button', { name: 'Account: Guest' })).toBeVisible()
  await expect(page.getByRole('listbox', { name: 'Projects' })).toBeVisible()
  await expect(page.getByText(/Tidewater|removed|Needs your attention/)).toHaveCount(0)
  expect(new URL(page.url()).hash).not.toBe(former)

  await page.evaluate((hash) => location.assign(hash), former)
  await expect(
    page.getByRole('heading', { name: 'There is no such project for you' }),
  ).toBeVisible()
  await checkScreen(page, 'no-such-project', info)
  await page.getByRole('link', { name: 'Go to your projects' }).click()
  await expect(page.getByRole('heading', { name: 'There is no such project for you' })).toHaveCount(
    0,
  )
})

test('a project that somebody is taken out of says that it is no longer theirs', async ({
  connected,
  team,
}, info) => {
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await expect(page.getByRole('option', { name: /Tidewater microsite/ })).toBeVisible()
  const projectId = /projects\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? ''
  await asOwner(
    team,
    (sql) => sql`update public.projects set is_active = false where id = ${projectId}`,
  )
  try {
    await expect(page.getByRole('heading', { name: /is archived$/ })).toBeVisible(soon)
    await checkScreen(page, 'archived-project', info)
  } finally {
    await asOwner(
      team,
      (sql) => sql`update public.projects set is_active = true where id = ${projectId}`,
    )
  }
})

test('whoever was taken out of a project, or is nobody any more, reads it', async ({
  connected,
  team,
}, info) => {
  test.slow()
  const application = await connected()
  const { page } = application
  const email = 'mika@standing.example'
  await signUp(application, 'Mika', email)
  await expect(page.getByRole('listbox', { name: 'Projects' })).toBeVisible()
  await asOwner(team, async (sql) => {
    await sql`insert into public.workspace_users (workspace_id, user_id, role)
      select w.id, u.id, 'project_creator' from public.workspaces w, auth.users u where w.name = ${studio.workspace} and u.email = ${email}`
    await sql`insert into public.project_users (project_id, user_id, role)
      select p.id, u.id, 'contributor' from public.projects p, auth.users u where p.name = ${studio.project} and u.email = ${email}`
  })
  await expect(page.getByRole('link', { name: studio.workspace })).toBeVisible(soon)
  await openProject(application)
  await expect(page.getByRole('option', { name: /Tidewater microsite/ })).toBeVisible()
  await asOwner(
    team,
    (
      sql,
    ) => sql`delete from public.project_users where user_id = (select id from auth.users where email = ${email})
      and project_id = (select id from public.projects where name = ${studio.project})`,
  )
  await expect(
    page.getByRole('heading', { name: 'This project is no longer yours to see' }),
  ).toBeVisible(soon)
  await checkScreen(page, 'lost-project', info)
  await page.getByRole('link', { name: 'Go to your projects' }).click()

  // Nothing at all is theirs.
  await asOwner(
    team,
    (sql) =>
      sql`update public.projects set is_active = false where id in
        (select project_id from public.project_users where user_id = (select id from auth.users where email = ${email}))`,
  )
  await expect(page.getByRole('heading', { name: /is archived$/ })).toBeVisible(soon)
  await page.getByRole('link', { name: 'Go to your projects' }).click()
  await expect(page.getByRole('heading', { name: 'Make your first project' })).toBeVisible()
  await checkScreen(page, 'no-project', info)
  await asOwner(team, (sql) => sql`delete from auth.users where email = ${email}`)
  await expect(
    page.getByRole('heading', { level: 1, name: 'This account is no longer there' }),
  ).toBeVisible(soon)
  await checkScreen(page, 'standing-gone', info)
})

test('whoever the server signed out keeps what is here, and signs in again in place', async ({
  connected,
  team,
}, info) => {
  test.slow()
  const application = await connected()
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  await application.quit()
  await asOwner(team, (sql) => sql`delete from auth.sessions`)
  const again = await connected()
  const { page } = again
  const ask = page.getByRole('button', { name: 'Sign in again' })
  await expect(ask).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('button', { name: 'Signed out' })).toBeVisible()
  await checkScreen(page, 'signed-out', info)
  await ask.click()
  await expect(page.getByRole('dialog', { name: 'Sign in again' })).toBeVisible()
  await checkScreen(page, 'sign-in-again', info)
  await page.getByLabel('Password').fill('not the one')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: /./ }).first()).toBeVisible()
  await page.getByLabel('Password').fill(ada.password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(ask).toHaveCount(0)
})
