import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, rename, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, type RunningApplication, test } from './application.ts'
import { backendProcess } from './backend-process.ts'

test.beforeEach(() => {
  test.skip(test.info().project.name === 'electron', 'not run: it reads the host’s files')
})

const stateOf = ({ page }: RunningApplication) =>
  page.evaluate(async () => {
    const backend = await window.desktop.backend.state()
    const session = await window.desktop.session.state()
    return {
      backend: backend.status,
      url: backend.status === 'ready' ? backend.url : null,
      session: session.status,
    }
  })

/** Somebody else of this computer, who listens where the backend did and writes down what they are told. */
const listenAt = async (port: number): Promise<{ heard: () => string; server: Server }> => {
  let heard = ''
  for (let tries = 0; ; tries += 1) {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        heard += chunk
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
      })
    }).listen(port, '127.0.0.1')
    const isThere = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (isThere) return { heard: () => heard, server }
    if (tries === 100) throw new Error(`Port ${port} is still taken.`)
    await pause(50)
  }
}

const signUp = async ({ page }: RunningApplication): Promise<void> => {
  await page.getByRole('button', { name: /Work on this computer/ }).click()
  await page.getByLabel('Your name').fill('Robin Vale', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Start working' }).click()
  await expect(page.getByRole('listbox', { name: 'Projects' })).toBeVisible()
}
/** The window is loaded anew when the backend listens elsewhere. */
const retry = async (application: RunningApplication): Promise<void> => {
  await application.page.evaluate(() => void window.desktop.backend.retry())
  await expect
    .poll(() => stateOf(application).catch(() => null), { timeout: 60_000 })
    .toMatchObject({ backend: 'ready', session: 'active' })
}

test('whoever listens where a dead backend did is told nothing, and the one that is started again is talked to', async ({
  launch,
  userData,
}) => {
  const application = await launch()
  await signUp(application)
  const before = await stateOf(application)
  expect(before).toMatchObject({ backend: 'ready', session: 'active' })
  const port = Number(new URL(before.url ?? '').port)

  process.kill(await backendProcess(userData), 'SIGKILL')
  const stranger = await listenAt(port)
  await expect
    .poll(() => stateOf(application))
    .toMatchObject({
      backend: 'failed',
      session: 'offline',
    })
  // Longer than a session waits before it asks again, four times over.
  await application.page.getByRole('option').first().click()
  await pause(9_000)
  expect(await application.page.evaluate(() => window.desktop.session.accessToken())).toBeNull()
  expect(stranger.heard()).toBe('')

  // Its port is taken: it comes back elsewhere, as the same one, and so does the person.
  await retry(application)
  const after = await stateOf(application)
  expect(after.url).not.toBe(before.url)
  await application.page.getByRole('option').first().click()
  await expect(application.page.getByRole('heading', { level: 1 })).toBeVisible()
  expect(stranger.heard()).toBe('')
  stranger.server.close()
})

test('a backend that cannot start is no reason to ask at the port of its last run', async ({
  launch,
  userData,
}) => {
  const first = await launch()
  await signUp(first)
  const port = Number(new URL((await stateOf(first)).url ?? '').port)
  await first.quit()

  const keys = join(userData, 'backend/keys.json')
  await rename(keys, `${keys}.away`)
  await writeFile(keys, 'damaged')
  const stranger = await listenAt(port)
  const second = await launch()
  await expect.poll(() => stateOf(second)).toMatchObject({ backend: 'failed', session: 'offline' })
  await pause(5_000)
  expect(stranger.heard()).toBe('')

  await rename(`${keys}.away`, keys)
  await retry(second)
  expect(stranger.heard()).toBe('')
  stranger.server.close()
})

test('what the application keeps is its person’s alone, also where an earlier run left it open', async ({
  launch,
  userData,
}) => {
  const first = await launch()
  await signUp(first)
  await first.page.evaluate(() => window.desktop.app.mark({ name: 'list' }))
  await first.quit()
  const open = ['settings.json', 'startup.json', 'accounts']
  for (const name of open) await chmod(join(userData, name), name === 'accounts' ? 0o755 : 0o644)
  await chmod(userData, 0o755)

  const second = await launch()
  await expect.poll(() => stateOf(second)).toMatchObject({ session: 'active' })
  const { stdout } = spawnSync('find', [
    ...[userData, '-perm', '/077', '-not', '-type', 'l', '-not', '-type', 's'],
    // Chromium's own, behind a closed door; PostgreSQL's, which runs as another user under root.
    ...['-not', '-path', `${userData}/host-chromium/*`, '-not', '-path', `${userData}/backend/*`],
    ...['-printf', '%P %m\\n'],
  ])
  const left = String(stdout).trim().split('\n').filter(Boolean)
  const passable = process.getuid?.() === 0 ? [/^711$/, /^backend 711$/] : []
  expect(left.filter((line) => !passable.some((each) => each.test(line)))).toEqual([])
  expect((await stat(userData)).mode & 0o066).toBe(0)
})
