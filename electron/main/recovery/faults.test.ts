import { spawn } from 'node:child_process'
import type { EventEmitter } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LogRecord } from '../../../src/log/record.ts'
import { setLogSink } from '../../log/log.ts'
import { watchFaults } from './faults.ts'

const { told } = vi.hoisted(() => ({ told: { app: null as unknown as EventEmitter } }))
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events')
  told.app = new Emitter()
  return { app: told.app }
})

const records: LogRecord[] = []
const heard = new Map<string | symbol, (thrown: unknown) => void>()
beforeEach(() => {
  records.length = 0
  heard.clear()
  told.app.removeAllListeners()
  setLogSink((record) => records.push(record))
  // Vitest hears of both itself, and would call them failures of the test.
  vi.spyOn(process, 'on').mockImplementation((event, listener) => {
    heard.set(event, listener as (thrown: unknown) => void)
    return process
  })
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  setLogSink(() => {})
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const watched = (broke: (error: unknown) => void = () => {}) => {
  const tell = vi.fn(broke)
  watchFaults(tell)
  return tell
}
const lines = (): string[] =>
  records.map(({ level, area, message }) => `${level} ${area} ${message}`)

test('what nobody caught is in the log, and told to the person', () => {
  const broke = watched()
  const error = new Error('it broke')
  heard.get('uncaughtException')?.(error)
  expect(lines()).toEqual(['error process Nobody caught what was thrown: it broke'])
  expect(records[0]?.stack).toContain('faults.test.ts')
  expect(broke.mock.calls).toEqual([[error]])
})

test('a rejection that nobody waited for is in the log alone', () => {
  const broke = watched()
  heard.get('unhandledRejection')?.(new Error('it failed'))
  expect(lines()).toEqual(['error process Nobody waited for what failed: it failed'])
  expect(broke).not.toHaveBeenCalled()
})

test('what breaks without end is told once a minute, and written down no more after a while', () => {
  const broke = watched()
  for (let times = 0; times < 500; times += 1) {
    heard.get('uncaughtException')?.(new Error('again'))
    heard.get('unhandledRejection')?.(new Error('again'))
    told.app.emit('render-process-gone', {}, {}, { reason: 'oom', exitCode: 5 })
    told.app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 11 })
  }
  expect(records).toHaveLength(200)
  expect(broke).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(60_000)
  heard.get('uncaughtException')?.(new Error('again'))
  expect(broke).toHaveBeenCalledTimes(2)
})

test('where the person cannot be told main goes on', () => {
  watched(() => {
    throw new Error('no window')
  })
  expect(() => heard.get('uncaughtException')?.(new Error('it broke'))).not.toThrow()
  expect(lines()).toEqual([
    'error process Nobody caught what was thrown: it broke',
    'error process The person could not be told: no window',
  ])
})

test('a page that dies is in the log, and one that ends is not', () => {
  const broke = watched()
  told.app.emit('render-process-gone', {}, {}, { reason: 'crashed', exitCode: 133 })
  told.app.emit('render-process-gone', {}, {}, { reason: 'clean-exit', exitCode: 0 })
  expect(lines()).toEqual(['error process A page’s process has gone: crashed, 133'])
  expect(broke).not.toHaveBeenCalled()
})

test('a process beside us that dies is in the log by its name, and one that ends is not', () => {
  const broke = watched()
  const gone = (details: object) => told.app.emit('child-process-gone', {}, details)
  gone({ type: 'GPU', reason: 'crashed', exitCode: 11 })
  gone({ type: 'Utility', serviceName: 'node.mojom.NodeService', reason: 'oom', exitCode: 5 })
  gone({ type: 'Utility', name: 'Network Service', reason: 'launch-failed', exitCode: 1002 })
  gone({ type: 'Utility', name: 'Atelier database', reason: 'killed', exitCode: 15 })
  gone({ type: 'Utility', name: 'Atelier database', reason: 'clean-exit', exitCode: 0 })
  expect(lines()).toEqual([
    'error process A process has gone: GPU: crashed, 11',
    'error process A process has gone: node.mojom.NodeService: oom, 5',
    'error process A process has gone: Network Service: launch-failed, 1002',
  ])
  expect(broke).not.toHaveBeenCalled()
})

test('a terminal that was closed is no fault, and no loop', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-faults-'))
  const here = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
  const hooks = `export const resolve = (name, context, next) => name === 'electron'
    ? { url: 'data:text/javascript,export const app = { on() {} }', shortCircuit: true } : next(name, context)`
  const program = join(folder, 'program.mjs')
  await writeFile(
    program,
    `import { register } from 'node:module'
register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}))
const { watchFaults } = await import(${here('./faults.ts')})
const { setLogSink } = await import(${here('../../log/log.ts')})
let lines = 0
setLogSink(() => {
  lines += 1
  process.stderr.write('a line\\n')
})
watchFaults(() => {})
process.once('message', () => {
  process.stderr.write('the first\\n')
  let turns = 0
  const turn = () => {
    turns += 1
    if (turns < 200) setImmediate(turn)
    else process.send(lines, () => process.exit(0))
  }
  turn()
})
process.send('ready')
`,
  )
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const lines = await new Promise((done) => {
    child.on('message', (message) => {
      if (message !== 'ready') return done(message)
      child.stderr?.once('close', () => child.send('closed'))
      child.stderr?.destroy()
    })
    child.once('exit', (code) => done(`ended with ${code}`))
  })
  expect(lines).toBe(0)
  await rm(folder, { recursive: true })
})
