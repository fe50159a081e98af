import postgres from 'postgres'
import { expect, openProject, signIn, test } from './application.ts'

test('an open window asks the server for one thing, every eight seconds', async ({ connected }) => {
  test.slow()
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await expect(page.getByRole('option', { name: /Tidewater microsite/ })).toBeVisible()
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (request.method() !== 'OPTIONS' && pathname.startsWith('/rest/v1/')) asked.push(pathname)
  })
  await page.waitForTimeout(26_000)
  expect([...new Set(asked)]).toEqual(['/rest/v1/rpc/my_places'])
  expect(asked.length).toBeGreaterThanOrEqual(2)
  expect(asked.length).toBeLessThanOrEqual(4)
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
