import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { until } from '../sync/support.ts'

/* A system that lets a person watch a few folders only. */
const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const limits = '/proc/sys/user/max_inotify_watches'
const isAllowed =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-Ur', 'sh', '-c', `echo 20 > ${limits}`]).status === 0
const program = fileURLToPath(new URL('watcher-process.ts', import.meta.url))

/** Of a folder with twelve others in it, by whoever may watch so many. */
const watched = async (most: number) => {
  const root = await mkdtemp('/tmp/atelier-watched-')
  open.push(() => rm(root, { recursive: true, force: true }))
  for (let at = 0; at < 12; at += 1) await mkdir(join(root, `dir${at}`))
  await mkdir(join(root, '.atelier/trash'), { recursive: true })
  const command = `echo ${most} > ${limits}; exec "$0" "$@"`
  const child: ChildProcess = spawn(
    'unshare',
    ['-Ur', 'sh', '-c', command, process.execPath, program, root],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  )
  open.push(() => child.kill('SIGKILL'))
  const said: string[] = []
  child.stdout?.on('data', (text: Buffer) => said.push(...text.toString().trim().split('\n')))
  return { root, said }
}

test.skipIf(!isAllowed)('a folder that cannot be watched says so', async () => {
  const { said } = await watched(4)
  await until(async () => said.length > 0, 15_000)
  expect(said[0]).toBe('none')
})

test.skipIf(!isAllowed)(
  'one that is watched as a whole says so, until folders come that are too many',
  async () => {
    const { root, said } = await watched(20)
    await until(async () => said.length > 0, 15_000)
    expect(said).toEqual(['full'])
    await mkdir(join(root, 'one more'))
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(said).toEqual(['full'])
    for (let at = 0; at < 30; at += 1)
      await mkdir(join(root, `dir0/new${at}/deep`), { recursive: true })
    await until(async () => said.length > 1, 15_000)
    expect(said).toEqual(['full', 'partial'])
  },
)
