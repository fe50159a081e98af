import { readFile, writeFile } from 'node:fs/promises'
import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { ada, expect, test } from './application.ts'
import { checkScreen } from './screen.ts'

const jwt = (role: string): string =>
  [
    { alg: 'HS256', typ: 'JWT' },
    { iss: 'supabase', role },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat('s'.repeat(43))
    .join('.')

test('the door to a project says why an address is refused, and keeps what was entered', async ({
  launch,
  team,
}, info) => {
  const { page } = await launch()
  await page.getByRole('button', { name: /Connect to a Supabase project/ }).click()
  const address = page.getByLabel('Project address')
  const key = page.getByLabel('Publishable key')
  const connect = page.getByRole('button', { name: 'Connect', exact: true })
  const { url, publishableKey } = team.backend()
  for (const [entered, why] of [
    ['team.example', /full address/],
    ['http://team.example', /https:\/\//],
    ['http://[::1]:54321', /IPv6/],
    ['https://abc.supabase.co@evil.example', /without a name or password/],
  ] as const) {
    await address.fill(entered)
    await key.fill(publishableKey)
    await connect.click()
    await expect(page.getByText(why)).toBeVisible()
  }
  await address.fill('https://team.example')
  await key.fill(jwt('service_role'))
  await connect.click()
  await expect(page.getByText(/secret key, which opens everything/)).toBeVisible()
  await checkScreen(page, 'connect-refused', info)

  const nobody = 'http://127.0.0.1:9/supabase'
  await address.fill(nobody)
  await key.fill(publishableKey)
  await connect.click()
  await expect(page.getByText(nobody)).toBeVisible()
  await checkScreen(page, 'connect-nobody', info)
  await page.getByRole('button', { name: 'Change the address' }).click()
  await expect(address).toHaveValue(nobody)
  await expect(key).toHaveValue(publishableKey)
  // The path of one interface of the project's is none of its address.
  await address.fill(`${url}/rest/v1`)
  await connect.click()
  await expect(page.getByLabel('Email')).toBeVisible()
})

test('another server than before is asked about in the system’s own window', async ({
  connected,
  team,
  userData,
}, info) => {
  test.skip(info.project.name === 'electron', 'not run: nobody answers a real dialog')
  const { page } = await connected()
  await page.getByLabel('Email').waitFor()
  const { url, publishableKey } = team.backend()
  const other = url.replace('127.0.0.1', 'localhost')
  const choose = () =>
    page.evaluate(async (choice) => void (await window.desktop.backend.choose(choice)), {
      kind: 'hosted' as const,
      url: other,
      publishableKey,
    })
  const kept = async () => JSON.parse(await readFile(join(userData, 'settings.json'), 'utf8'))
  await choose()
  expect((await kept()).backend.url).toBe(url)
  // Nor by way of leaving first.
  await page.evaluate(() => window.desktop.backend.forget())
  await choose()
  expect((await kept()).backend).toBe(null)
  const asked = await readFile(join(userData, 'host-asked.txt'), 'utf8')
  expect(asked.trim().split('\n')).toHaveLength(2)
  expect(asked).toContain(new URL(other).host)

  // Who means it, goes there.
  await writeFile(join(userData, 'host-answers.txt'), '0')
  // The window is loaded again, for its policy names one server.
  await choose().catch(() => {})
  await expect.poll(kept).toMatchObject({ backend: { url: other }, server: other })
  await page.getByLabel('Email').waitFor()
})

const early = (response: ServerResponse): void => {
  response
    .writeHead(401, {
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': '*',
    })
    .end('{"code":"PGRST303","details":null,"hint":null,"message":"JWT issued at future"}')
}
const portal = (response: ServerResponse): void => {
  response
    .writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' })
    .end('<html>Please sign in to this network</html>')
}
const busy = (response: ServerResponse): void => {
  response
    .writeHead(429, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
    .end('{"message":"slow down"}')
}
const broken = (response: ServerResponse): void => {
  response
    .writeHead(502, { 'content-type': 'text/html', 'access-control-allow-origin': '*' })
    .end('<html>Bad gateway</html>')
}

for (const [name, refuse, milliseconds] of [
  ['a token that is a moment early', early, 3_000],
  ['a sign-in page of the network', portal, 3_000],
  ['too many requests', busy, 3_000],
  ['a proxy without its server, for longer', broken, 9_000],
] as const)
  test(`first answers that fail for a while are asked for again: ${name}`, async ({
    launch,
    team,
    userData,
  }) => {
    const { url, publishableKey } = team.backend()
    let signedInAt: number | null = null
    // Under a path, as some put a project of their own beside other things.
    const under = '/supabase'
    const proxy = createServer((asked, response) => {
      if (!asked.url?.startsWith(`${under}/`)) return void response.writeHead(404).end()
      const path = asked.url.slice(under.length)
      const { pathname } = new URL(path, url)
      const isGrant = pathname === '/auth/v1/token'
      const isRest = pathname.startsWith('/rest/') && asked.method !== 'OPTIONS'
      if (isRest && signedInAt !== null && Date.now() - signedInAt < milliseconds) {
        asked.resume()
        return refuse(response)
      }
      const headers = { ...asked.headers, host: new URL(url).host }
      const onward = request(new URL(path, url), { method: asked.method, headers })
      onward.on('response', (answer) => {
        if (isGrant && answer.statusCode === 200) signedInAt ??= Date.now()
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      onward.on('error', () => response.destroy())
      asked.pipe(onward)
    }).listen(0, '127.0.0.1')
    await new Promise((done) => proxy.once('listening', done))
    const before = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${under}`
    await writeFile(
      join(userData, 'settings.json'),
      JSON.stringify({
        backend: { kind: 'hosted', url: before, publishableKey },
        theme: 'system',
        server: before,
      }),
    )
    const { page } = await launch()
    await page.getByLabel('Email').fill(ada.email)
    await page.getByLabel('Password').fill(ada.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    const projects = page.getByRole('listbox', { name: 'Projects' })
    // Nobody presses anything, however often it failed.
    await expect(projects.getByRole('option').first()).toBeVisible({ timeout: 45_000 })
    await expect(page.getByText('The server ended this session')).toHaveCount(0)
    proxy.closeAllConnections()
    proxy.close()
  })
