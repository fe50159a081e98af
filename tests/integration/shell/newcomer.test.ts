import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../../scripts/run.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

/* What a person can mend is told in words, never by a stack. */

const node = join(root, 'node_modules/.bin/node')
const say = (args: string[], environment: NodeJS.ProcessEnv = {}) => {
  const { status, stdout, stderr } = spawnSync(node, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, ...environment },
  })
  expect(stdout + stderr).not.toMatch(/^\s+at /m)
  return { status, lines: (stdout + stderr).trim().split('\n') }
}

it.each([
  ['electron/backend/cli.ts'],
  ['scripts/start.ts'],
  ['scripts/soak.ts'],
  ['scripts/bench.ts'],
])('%s tells its usage, and what it does not know', (script) => {
  const help = say([script, '--help'])
  expect(help.status).toBe(0)
  expect(help.lines[0]).toMatch(/npm (run|start)/)
  const wrong = say([script, '--there-is-no-such-thing'])
  expect(wrong.status).toBe(2)
  expect(wrong.lines[0]).toContain('--there-is-no-such-thing')
})

it.each([
  [['--port', 'ninety'], "'ninety' is no port."],
  [['--port', '70000'], "'70000' is no port."],
  [['--database-url', 'mysql://x'], 'The database URL begins with postgres://.'],
  [['sead'], "There is no 'sead'."],
])('npm run backend -- %j is refused with its reason', (args, reason) => {
  const { status, lines } = say(['electron/backend/cli.ts', ...args])
  expect(status).toBe(2)
  expect(lines[0]).toBe(reason)
})

it('a folder that cannot be made is one line', async () => {
  const file = join(await temporaryFolder('newcomer'), 'file')
  await writeFile(file, '')
  const started = say(['host/open.ts'], { ATELIER_USER_DATA: join(file, 'data') })
  expect(started.status).toBe(1)
  expect(started.lines).toHaveLength(1)
  expect(started.lines[0]).toContain(file)
  const backend = say(['electron/backend/cli.ts', '--folder', join(file, 'data')])
  expect(backend.status).toBe(1)
  expect(backend.lines).toHaveLength(1)
})

/** Started as `npm start` does, once it says that it can be used. */
const open = async (userData: string) => {
  const environment = {
    ...process.env,
    ATELIER_USER_DATA: userData,
    DISPLAY: '',
    WAYLAND_DISPLAY: '',
  }
  const child = spawn(node, ['host/open.ts'], { cwd: root, env: environment, detached: true })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk
    })
  const ended = once(child, 'exit')
  await expect.poll(() => said, { timeout: 90_000 }).toMatch(/Ctrl\+C|brought forward/)
  return {
    child,
    said,
    /** To all of them, as a terminal does. */
    signal: async (name: NodeJS.Signals): Promise<unknown> => {
      process.kill(-(child.pid ?? Number.NaN), name)
      const [code] = await ended
      return code
    },
  }
}

it('a second start brings the first forward, says so, and leaves what is its', async () => {
  const userData = await temporaryFolder('second')
  const first = await open(userData)
  try {
    const before = await readFile(join(userData, 'host.json'), 'utf8')
    expect((await stat(join(userData, 'host.json'))).mode & 0o777).toBe(0o600)
    // Nobody can attach to it: it speaks to Chromium by a pipe.
    expect(JSON.parse(before).endpoint).toBeNull()
    const second = say(['host/open.ts'], { ATELIER_USER_DATA: userData })
    expect(second).toEqual({
      status: 0,
      lines: [`Atelier is already running over ${userData}: its window was brought forward.`],
    })
    expect(await readFile(join(userData, 'host.json'), 'utf8')).toBe(before)
    expect(first.child.exitCode).toBeNull()
  } finally {
    await first.signal('SIGTERM')
  }
}, 300_000)

it.each(['SIGINT', 'SIGHUP'] as const)(
  '%s of the terminal is a close: all last words are said',
  async (name) => {
    const userData = await temporaryFolder('terminal')
    const started = await open(userData)
    expect(await started.signal(name)).toBe(0)
    const left = await readdir(userData)
    expect(left.filter((entry) => /^host\.(lock|json)$/.test(entry))).toEqual([])
  },
  300_000,
)

it('a lock of a process that is gone is none, though another has its number now', async () => {
  const userData = await temporaryFolder('stale')
  const first = await open(userData)
  const lock = await readFile(join(userData, 'host.lock'), 'utf8')
  await first.signal('SIGKILL')
  // What a start in the next container finds: the number is taken, by one like it that began at another time.
  const another = spawn(node, ['-e', 'setInterval(() => {}, 1000)', 'host/main.ts'])
  try {
    await writeFile(join(userData, 'host.lock'), lock.replace(/^\d+/, String(another.pid)))
    const again = await open(userData)
    expect(again.said).toContain('Stop with Ctrl+C.')
    expect(await again.signal('SIGTERM')).toBe(0)
  } finally {
    another.kill()
  }
}, 300_000)
