import postgres from 'postgres'
import { expect, openIds, openProject, signIn, test } from './application.ts'

/** Milliseconds without a question that say that nothing is polled: longer than the distance of the poll. */
const unpolledMs = 12_000

test('an open window asks the server for nothing, and what another changes comes all the same', async ({
  connected,
  team,
}) => {
  test.slow()
  const application = await connected()
  const { page } = application
  const asked: string[] = []
  let askedAt = performance.now()
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (request.method() === 'OPTIONS' || !pathname.startsWith('/rest/v1/')) return
    asked.push(pathname)
    askedAt = performance.now()
  })
  await signIn(application)
  await openProject(application)
  await expect(page.getByRole('option', { name: /Tidewater microsite/ })).toBeVisible()
  const { projectId } = openIds(page)
  // Whoever has no channel yet asks sooner than that.
  await expect
    .poll(() => performance.now() - askedAt, { timeout: 60_000 })
    .toBeGreaterThan(unpolledMs)
  const before = asked.length
  await page.waitForTimeout(26_000)
  expect(asked.slice(before)).toEqual([])

  const sql = postgres(team.backend().databaseUrl, { max: 1, onnotice: () => {} })
  const called = (name: string) =>
    sql`update public.projects set name = ${name} where id = ${projectId}`
  const [project] = await sql`select name from public.projects where id = ${projectId}`
  try {
    await called('Told of season')
    const projects = page.getByRole('listbox', { name: 'Projects' })
    await expect(projects.getByRole('option', { name: 'Told of season' })).toBeVisible({
      timeout: 2_000,
    })
  } finally {
    await called(project?.name)
    await sql.end()
  }
})

test('a project whose answer was lost is made once, however often it is asked for', async ({
  connected,
  team,
}) => {
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  const name = 'Autumn season, once'
  const sql = postgres(team.backend().databaseUrl, { max: 1, onnotice: () => {} })
  const made = () => sql<{ id: string }[]>`select id from public.projects where name = ${name}`
  try {
    await page.route(
      '**/rest/v1/rpc/create_project',
      async (route) => {
        await route.fetch()
        await route.abort('connectionreset')
      },
      { times: 1 },
    )
    await page.getByRole('button', { name: 'New project' }).click()
    await page.getByLabel('Name').fill(name)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible()
    expect(await made()).toHaveLength(1)
    await page.getByLabel('Name').press('Enter')
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
    expect(await made()).toHaveLength(1)
    await expect(page.getByRole('option', { name })).toHaveCount(1)
  } finally {
    await sql`delete from public.projects where name = ${name}`
    await sql.end()
  }
})
