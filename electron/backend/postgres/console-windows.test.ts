import { EventEmitter } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startCluster } from './cluster.ts'
import { plainPath } from './windows.ts'

// A console that Windows opens for a program is somebody's to close, and what runs in it ends with it.

type Call = { what: string; options: { windowsHide?: boolean } }
const { calls, started } = vi.hoisted(() => ({
  calls: [] as Call[],
  started: { by: async (_program: string, _given: readonly string[]): Promise<void> => {} },
}))
vi.mock('node:child_process', () => {
  const begin = async (program: string, given: readonly string[], options: Call['options']) => {
    calls.push({ what: `${basename(program)} ${given[0]}`, options })
    await started.by(program, given)
  }
  return {
    execFile: (
      program: string,
      given: string[],
      options: Call['options'],
      done: (error: Error | null, told: { stdout: string; stderr: string }) => void,
    ) =>
      void begin(program, given, options).then(() =>
        done(null, { stdout: 'postgres (PostgreSQL) 17.6', stderr: '' }),
      ),
    spawn: (program: string, given: string[], options: Call['options']) => {
      const child = new EventEmitter()
      void begin(program, given, options).then(() => child.emit('exit', 0))
      return child
    },
  }
})
vi.mock('./identity.ts', () => ({ unprivilegedIdentity: async () => ({}) }))

let folder = ''
beforeEach(async () => {
  calls.length = 0
  folder = await mkdtemp(join(tmpdir(), 'atelier-console-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('no program of PostgreSQL’s opens a console, from its first start to its stop', async () => {
  const after = (given: readonly string[], name: string): string =>
    given[given.indexOf(name) + 1] ?? ''
  started.by = async (program, given) => {
    if (basename(program).startsWith('initdb'))
      await writeFile(join(after(given, '-D'), 'PG_VERSION'), '17')
    if (given[0] === 'start')
      await writeFile(join(after(given, '-D'), 'postmaster.pid'), `${process.pid}\n`)
  }
  const cluster = await startCluster({
    binaries: '/postgres/bin',
    folder: join(folder, 'data'),
    port: 5432,
    byControl: true,
  })
  void cluster.stop()
  await vi.waitFor(() => expect(calls.at(-1)?.what).toBe('pg_ctl stop'))
  expect(new Set(calls.map(({ what }) => what))).toEqual(
    new Set(['initdb -D', 'postgres --version', 'pg_ctl start', 'pg_ctl stop']),
  )
  for (const { what, options } of calls) expect([what, options.windowsHide]).toEqual([what, true])
})

test('nor does the shell that is asked for a short name', async () => {
  started.by = async () => {}
  await plainPath('/Users/Jörn')
  expect(calls).toMatchObject([{ what: 'cmd.exe /d', options: { windowsHide: true } }])
})
