import { createClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { ada, expect, openProject, type RunningApplication, signIn, test } from './application.ts'
import { checkScreen } from './screen.ts'

const chloe = { ...ada, email: 'chloe@atelier.example' }

const listOf = ({ page }: RunningApplication) => page.getByRole('listbox', { name: 'Projects' })
const namesIn = (application: RunningApplication) => () =>
  listOf(application).getByRole('option').allInnerTexts()

test('projects are put in order by keys, by a button and by dragging, offline too, and stay so', async ({
  connected,
  team,
}, info) => {
  test.slow()
  const { url, publishableKey } = team.backend()
  const client = createClient(url, publishableKey, { auth: { persistSession: false } })
  await client.auth.signInWithPassword(chloe)
  const sql = postgres(team.backend().databaseUrl, { max: 1, onnotice: () => {} })
  const [studio] = await sql`select id from public.workspaces where name = 'Lumen Studio'`
  const wanted = ['Order: buoys', 'Order: lights', 'Order: moorings']
  for (const name of wanted) await client.rpc('create_project', { workspace: studio?.id, name })
  const atTheServer = async (): Promise<string[]> => {
    const again = postgres(team.backend().databaseUrl, { max: 1, onnotice: () => {} })
    const rows = await again`
      select p.name from public.project_orders o
      cross join unnest(o.project_ids) with ordinality as named (id, place)
      join public.projects p on p.id = named.id where o.workspace_id = ${studio?.id} order by named.place`
    await again.end()
    return rows.map(({ name }) => name)
  }
  try {
    const first = await connected()
    await signIn(first, chloe)
    await openProject(first)
    const names = namesIn(first)
    const [buoys, lights, moorings] = wanted as [string, string, string]
    const [toolkit, season] = ['Studio toolkit', 'Tidewater spring season']
    await expect.poll(names).toEqual([buoys, lights, moorings, toolkit, season])

    // By keys.
    await listOf(first).focus()
    await first.page.keyboard.press('End')
    await first.page.keyboard.press('Alt+ArrowUp')
    await expect.poll(names).toEqual([buoys, lights, moorings, season, toolkit])
    await first.page.keyboard.press('Alt+ArrowUp')
    await expect.poll(names).toEqual([buoys, lights, season, moorings, toolkit])
    await expect(first.page.getByText(`${season} is now 3 of 5`).first()).toBeAttached()
    // By a button, of what is open.
    const up = first.page.getByRole('button', { name: 'Move this project up' })
    await up.press('Enter')
    await expect.poll(names).toEqual([buoys, season, lights, moorings, toolkit])
    await up.press('Enter')
    const isFirst = [season, buoys, lights, moorings, toolkit]
    await expect.poll(names).toEqual(isFirst)
    await up.press('Enter')
    await expect(up).toBeFocused()
    expect(await names()).toEqual(isFirst)
    // By dragging.
    await listOf(first)
      .getByRole('option', { name: moorings })
      .dragTo(listOf(first).getByRole('option', { name: buoys }))
    const dragged = [season, moorings, buoys, lights, toolkit]
    await expect.poll(names).toEqual(dragged)
    await expect.poll(atTheServer).toEqual(dragged)
    await expect(first.page.getByText('The order of projects')).toHaveCount(0)

    await team.goDown()
    await expect(first.page.getByText(/^The server has been out of reach/)).toBeVisible({
      timeout: 40_000,
    })
    await listOf(first).focus()
    await first.page.keyboard.press('End')
    await first.page.keyboard.press('Alt+ArrowUp')
    const offline = [season, moorings, buoys, toolkit, lights]
    await expect.poll(names).toEqual(offline)
    await expect(first.page.getByText(/^The order of projects (waits|is being)/)).toBeVisible()
    await checkScreen(first.page, 'order-waits', info)
    await first.quit()

    const second = await connected()
    await expect.poll(namesIn(second)).toEqual(offline)
    await team.comeBack()
    await expect.poll(atTheServer, { timeout: 60_000 }).toEqual(offline)
    await expect.poll(namesIn(second)).toEqual(offline)
  } finally {
    await team.comeBack()
    await sql.end()
    const again = postgres(team.backend().databaseUrl, { max: 1, onnotice: () => {} })
    await again`delete from public.project_orders`
    await again`delete from public.projects where name like 'Order: %'`
    await again.end()
  }
})

test('somebody changes their own name, offline too; it is theirs everywhere at once, and at the server later', async ({
  connected,
  team,
}, info) => {
  test.slow()
  const name = 'Chloé Lindqvist-Ferrer'
  const called = async (): Promise<string> => {
    const sql = postgres(team.backend().databaseUrl, { max: 1, onnotice: () => {} })
    const [row] = await sql`
      select u.display_name from public.users u join auth.users a on a.id = u.id where a.email = ${chloe.email}`
    await sql.end()
    return row?.display_name
  }
  const before = await called()
  try {
    const first = await connected()
    await signIn(first, chloe)
    await first.page.getByRole('button', { name: 'Settings' }).click()
    await expect(first.page.getByRole('button', { name: `Account: ${before}` })).toBeVisible()
    await team.goDown()
    await first.page.getByRole('button', { name: 'Change name…' }).press('Enter')
    const field = first.page.getByRole('textbox', { name: 'Name' })
    await expect(field).toHaveValue(before)
    await field.fill(' ')
    await field.press('Enter')
    await expect(first.page.getByText('Enter a name.')).toBeVisible()
    await checkScreen(first.page, 'own-name', info)
    await field.fill(name)
    await field.press('Enter')
    await expect(first.page.getByRole('button', { name: `Account: ${name}` })).toBeVisible()
    const note = /^The new name “.*” (waits|is being)/
    await expect(first.page.getByText(note)).toBeVisible()
    await checkScreen(first.page, 'own-name-waits', info)
    expect(await first.page.getByText(before, { exact: true }).count()).toBe(0)
    await first.quit()

    const second = await connected()
    await expect(second.page.getByRole('button', { name: `Account: ${name}` })).toBeVisible()
    await team.comeBack()
    await expect.poll(called, { timeout: 60_000 }).toBe(name)
    await second.page.getByRole('button', { name: 'Settings' }).click()
    await expect(second.page.getByText(note)).toBeHidden()
    await expect(second.page.getByText(name, { exact: true })).toBeVisible()

    // Another computer of theirs calls them so: it is told.
    const sql = postgres(team.backend().databaseUrl, { max: 1, onnotice: () => {} })
    await sql`
      update public.users set display_name = 'C. Lindqvist'
      where id = (select id from auth.users where email = ${chloe.email})`
    await sql.end()
    await expect(second.page.getByRole('button', { name: 'Account: C. Lindqvist' })).toBeVisible({
      timeout: 20_000,
    })
  } finally {
    await team.comeBack()
    const sql = postgres(team.backend().databaseUrl, { max: 1, onnotice: () => {} })
    await sql`
      update public.users set display_name = ${before}
      where id = (select id from auth.users where email = ${chloe.email})`
    await sql.end()
  }
})
