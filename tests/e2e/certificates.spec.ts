import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { makeAuthority } from '../fixtures/authority.ts'
import { startStrictServer } from '../fixtures/strict-server.ts'
import { expect, signIn, test } from './application.ts'
import { checkScreen } from './screen.ts'

const closes: (() => void)[] = []
test.afterEach(() => {
  for (const close of closes.splice(0)) close()
})
/** As much of a project as the door to it looks at. */
const project = async (options: ServerOptions): Promise<string> => {
  const server = createServer(options, (_, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
      .end('{"external":{}}'),
  )
  closes.push(() => {
    server.closeAllConnections()
    server.close()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const choose = async (userData: string, url: string): Promise<void> => {
  await mkdir(userData, { recursive: true })
  const backend = { kind: 'hosted', url, publishableKey: 'sb_publishable_harbour' }
  await writeFile(
    join(userData, 'settings.json'),
    JSON.stringify({ backend, theme: 'system', server: url }),
  )
}

test('a certificate that nobody known vouches for is named, with a way out and none around it', async ({
  launch,
  userData,
}, info) => {
  const authority = await makeAuthority(join(userData, 'harbour-ca'), 'Harbour CA')
  await choose(userData, await project(await authority.issue({ name: 'IP:127.0.0.1' })))
  const { page } = await launch()
  await expect(page.getByText('Nobody known vouches for this server.')).toBeVisible()
  await expect(page.getByText(/authority’s certificate added to the system’s/)).toBeVisible()
  await checkScreen(page, 'certificate-unknown', info)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText('Nobody known vouches for this server.')).toBeVisible()
})

test('which certificate a server is shown is asked, and remembered where one likes', async ({
  launch,
  userData,
}, info) => {
  test.skip(info.project.name === 'electron', 'not run: its certificates are the system’s own')
  const authority = await makeAuthority(join(userData, 'harbour-ca'), 'Harbour CA')
  const own = await authority.issue({ name: 'IP:127.0.0.1' })
  const asking = { ca: authority.cert, requestCert: true, rejectUnauthorized: true }
  const url = await project({ ...own, ...asking })
  await choose(userData, url)
  const ada = await authority.issue({ name: 'ada@harbour.example', client: true })
  const shown = { issuerName: 'Harbour CA', validExpiry: Date.parse('2031-05-04') / 1000, ...ada }
  await writeFile(
    join(userData, 'host-system.json'),
    JSON.stringify({
      authorities: [authority.cert],
      certificates: [
        { ...shown, fingerprint: 'sha256/ada', subjectName: 'Ada of the harbour' },
        { ...shown, fingerprint: 'sha256/old', subjectName: 'Ada of the old harbour' },
      ],
    }),
  )
  const first = await launch()
  const dialog = first.page.getByRole('dialog', { name: 'Show the server a certificate?' })
  await expect(dialog.getByText(new URL(url).host)).toBeVisible()
  await expect(dialog.getByText('Ada of the old harbour')).toBeVisible()
  await checkScreen(first.page, 'certificate-wanted', info)
  await dialog.getByRole('button', { name: 'Show none' }).click()
  await expect(first.page.getByText('The server wants a certificate of yours.')).toBeVisible()
  await first.page.getByRole('button', { name: 'Try again' }).click()
  await dialog.getByRole('radio', { name: /Ada of the harbour/ }).check()
  await dialog.getByRole('switch', { name: 'Always show it to this server' }).click()
  await dialog.getByRole('button', { name: 'Show it' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(first.page.getByText('The server wants a certificate of yours.')).toHaveCount(0)
  await first.quit()
  // In the next run nobody is asked, and the server lets in.
  const second = await launch()
  await expect(second.page.getByLabel('Email')).toBeVisible()
  await expect
    .poll(() => second.page.evaluate(() => window.desktop.network.state()))
    .toEqual({ questions: [], trouble: null, certificateHosts: [new URL(url).host] })
})

test('a remembered certificate that the server refuses can be changed', async ({
  launch,
  userData,
}, info) => {
  test.skip(info.project.name === 'electron', 'not run: its certificates are the system’s own')
  const authority = await makeAuthority(join(userData, 'harbour-ca'), 'Harbour CA')
  const other = await makeAuthority(join(userData, 'other-ca'), 'Former CA')
  const server = await startStrictServer(join(userData, 'strict'), {
    own: await authority.issue({ name: 'IP:127.0.0.1' }),
    authority: authority.cert,
    answers: { '/auth/v1/settings': '{"external":{}}', '/auth/v1/health': '{}' },
  })
  closes.push(server.close)
  const { origin, host } = server
  const shown = { validExpiry: Date.parse('2031-05-04') / 1000 }
  await writeFile(
    join(userData, 'host-system.json'),
    JSON.stringify({
      authorities: [authority.cert],
      certificates: [
        {
          ...shown,
          fingerprint: 'sha256/former',
          subjectName: 'Ada of the former harbour',
          issuerName: 'Former CA',
          ...(await other.issue({ name: 'ada@former.example', client: true })),
        },
        {
          ...shown,
          fingerprint: 'sha256/now',
          subjectName: 'Ada of this harbour',
          issuerName: 'Harbour CA',
          ...(await authority.issue({ name: 'ada@harbour.example', client: true })),
        },
      ],
    }),
  )
  const backend = { kind: 'hosted', url: origin, publishableKey: 'sb_publishable_harbour' }
  await writeFile(
    join(userData, 'settings.json'),
    JSON.stringify({ backend, server: origin, certificates: { [host]: 'sha256/former' } }),
  )
  const { page, quit } = await launch()
  await expect(page.getByText('The server did not take your certificate.')).toBeVisible()
  await page.getByRole('button', { name: 'Try again' }).click()
  const dialog = page.getByRole('dialog', { name: 'Show the server a certificate?' })
  await expect(dialog.getByText('The server did not take it.')).toHaveCount(1)
  await expect(dialog.getByRole('radio', { name: /Ada of this harbour/ })).toBeChecked()
  await checkScreen(page, 'certificate-refused', info)
  await dialog.getByRole('switch', { name: 'Always show it to this server' }).click()
  await dialog.getByRole('button', { name: 'Show it' }).click()
  await expect(page.getByText('The server did not take your certificate.')).toHaveCount(0)
  await expect
    .poll(async () => JSON.parse(await readFile(join(userData, 'settings.json'), 'utf8')))
    .toMatchObject({ certificates: { [host]: 'sha256/now' } })
  await quit()
})

test('Settings lists whom a certificate is shown, and forgets one', async ({
  connected,
  team,
  userData,
}, info) => {
  const { url, publishableKey } = team.backend()
  await mkdir(userData, { recursive: true })
  const hosts = ['quay-of-the-certificates.harbour.example:443', 'tide.example:8443']
  await writeFile(
    join(userData, 'settings.json'),
    JSON.stringify({
      backend: { kind: 'hosted', url, publishableKey },
      server: url,
      certificates: Object.fromEntries(hosts.map((host) => [host, 'sha256/ada'])),
    }),
  )
  const application = await connected()
  const { page } = application
  await signIn(application)
  await page.getByRole('button', { name: 'Settings' }).click()
  const list = page.getByRole('list', { name: 'Servers that are shown a certificate' })
  await expect(list.getByRole('listitem')).toHaveCount(2)
  await list.scrollIntoViewIfNeeded()
  await checkScreen(page, 'settings-certificates', info)
  await list.getByRole('button', { name: /^Forget the certificate for tide/ }).click()
  await expect(
    page.getByText('tide.example:8443 asks which certificate it is shown after the next start'),
  ).toBeVisible()
  await expect(list.getByRole('listitem')).toHaveCount(1)
  const kept = JSON.parse(await readFile(join(userData, 'settings.json'), 'utf8'))
  expect(Object.keys(kept.certificates)).toEqual(hosts.slice(0, 1))
})

test('a token that is locked is unlocked by its person, each time, or left locked', async ({
  launch,
}, info) => {
  test.skip(info.project.name === 'electron', 'not run: nobody has a card there')
  test.skip(process.platform !== 'linux', 'not run: elsewhere the system asks')
  const { page, play } = await launch()
  const unlock = (isRetry: boolean): Promise<string> =>
    play('token', { hostname: 'team.harbour.example', tokenName: 'Harbour card', isRetry })
  const dialog = page.getByRole('dialog', { name: 'Unlock your certificates?' })
  await page.getByRole('button', { name: /Work on this computer/ }).waitFor()
  const first = unlock(false)
  await expect(dialog.getByText('Harbour card')).toBeVisible()
  await checkScreen(page, 'token-locked', info)
  await dialog.getByLabel('PIN or password').fill('0000')
  await page.keyboard.press('Enter')
  expect(await first).toBe('0000')
  const again = unlock(true)
  await expect(dialog.getByText('That did not unlock it.')).toBeVisible()
  await expect(dialog.getByLabel('PIN or password')).toHaveValue('')
  await checkScreen(page, 'token-refused', info)
  await dialog.getByRole('button', { name: 'Leave it locked' }).click()
  expect(await again).toBe('')
  expect(await unlock(false)).toBe('')
  await expect(dialog).toHaveCount(0)
})
