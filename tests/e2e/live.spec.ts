import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { openReverseProxy, type ReverseProxy } from '../fixtures/reverse-proxy.ts'
import {
  test as base,
  expect,
  linkFolder,
  openArtifact,
  openIds,
  openProject,
  signIn,
} from './application.ts'
import { commitElsewhere } from './elsewhere.ts'

/** Milliseconds within which another person's change is here. */
const soonMs = 2_000
/** Longer than every distance at which something was asked for on suspicion: 8 s, 15 s, 20 s. */
const quietMs = 23_000

const ben = { email: 'ben@atelier.example', password: 'harbour-light-2026' }

/** The team's server, behind somebody who counts. */
const test = base.extend<{ server: ReverseProxy }>({
  server: async ({ team, userData }, use) => {
    const { url, publishableKey } = team.backend()
    const server = await openReverseProxy(url)
    await mkdir(userData, { recursive: true })
    const backend = { kind: 'hosted', url: server.url, publishableKey }
    await writeFile(
      join(userData, 'settings.json'),
      JSON.stringify({ backend, theme: 'system', server: server.url }),
    )
    await use(server)
    await server.close()
  },
})

/** Nothing is under way any more. */
const settled = (server: ReverseProxy): Promise<void> =>
  expect.poll(() => performance.now() - server.lastAt(), { timeout: 60_000 }).toBeGreaterThan(4_000)

test('what somebody else does is on the screen and in a linked folder within 2 s, and meanwhile nobody asks', async ({
  launch,
  server,
  team,
  userData,
}) => {
  test.slow()
  const application = await launch()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const { artifactId } = openIds(page)
  const folder = join(userData, '..', `live-${Date.now()}`)
  await mkdir(folder)
  await linkFolder(application, folder)
  await page.getByRole('link', { name: 'Back', exact: true }).click()
  await expect.poll(() => readdir(folder), { timeout: 20_000 }).toContain('index.html')
  await expect.poll(() => server.sockets()).toBe(1)
  await settled(server)

  const before = server.asked.length
  const began = performance.now()
  await expect
    .poll(() => performance.now() - began, { timeout: quietMs + 5_000 })
    .toBeGreaterThan(quietMs)
  expect(server.asked.slice(before)).toEqual([])

  const text = '# Heard\n'
  const sha256 = createHash('sha256').update(text).digest('hex')
  const put = { op: 'put', file_id: randomUUID(), path: 'heard.md', sha256, size: text.length }
  const added = { expected: { [put.file_id]: 0 }, changes: [put] }
  await commitElsewhere(team, artifactId, () => added, { text, person: ben })
  const committedAt = performance.now()
  const leftMs = (): number => Math.max(1, soonMs - (performance.now() - committedAt))
  await expect(
    page.getByRole('tree', { name: 'Files' }).getByRole('treeitem', { name: /^heard\.md/ }),
  ).toBeVisible({ timeout: soonMs })
  await expect
    .poll(() => readdir(folder), { timeout: leftMs(), intervals: [50] })
    .toContain('heard.md')
})

test('a server without Realtime is asked, later and later; once it has it nobody asks any more', async ({
  launch,
  server,
  team,
}) => {
  test.slow()
  server.setRealtime(false)
  const application = await launch()
  const { page } = application
  await signIn(application)
  await openProject(application)
  const { projectId } = openIds(page)
  const sql = postgres(team.backend().databaseUrl, { max: 1, onnotice: () => {} })
  const called = (name: string) =>
    sql`update public.projects set name = ${name} where id = ${projectId}`
  const [project] = await sql`select name from public.projects where id = ${projectId}`
  const shown = (name: string) =>
    page.getByRole('listbox', { name: 'Projects' }).getByRole('option', { name })
  try {
    await called('Unheard of season')
    await expect(shown('Unheard of season')).toBeVisible({ timeout: 15_000 })
    expect(server.sockets()).toBe(0)
    server.setRealtime(true)
    // The computer noticed its network.
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await expect.poll(() => server.sockets(), { timeout: 20_000 }).toBe(1)
    await settled(server)
    await called('Heard of season')
    await expect(shown('Heard of season')).toBeVisible({ timeout: soonMs })
  } finally {
    await called(project?.name)
    await sql.end()
  }
})

test('for a server without Realtime an open window asks for one thing, every eight seconds', async ({
  launch,
  server,
}) => {
  test.slow()
  server.setRealtime(false)
  const application = await launch()
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
  expect(server.sockets()).toBe(0)
  expect([...new Set(asked)]).toEqual(['/rest/v1/rpc/my_places'])
  expect(asked.length).toBeGreaterThanOrEqual(2)
  expect(asked.length).toBeLessThanOrEqual(4)
})
