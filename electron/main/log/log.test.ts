import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LogRecord } from '../../../src/log/record.ts'
import { log, logged, loggedOnce, loggedOncePerCode, setLogSink } from '../../log/log.ts'
import { maxLogFileBytes, oldLogFiles, openLogFile } from './file.ts'
import { openLog } from './index.ts'

let folder = ''
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'atelier-log-')), 'logs')
})
afterEach(async () => {
  setLogSink(() => {})
  await rm(join(folder, '..'), { recursive: true })
})

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

test('what was said before there was a file is in it, and in nobody else’s sight', async () => {
  await openLog({ folder, known: [] })
  log('start').error(
    'It broke',
    Object.assign(new Error('for ada@atelier.example'), { code: 'EIO' }),
  )
  const [line = ''] = (await readFile(join(folder, 'atelier.log'), 'utf8')).split('\n')
  expect(JSON.parse(line)).toMatchObject({
    level: 'error',
    area: 'start',
    code: 'EIO',
    message: 'It broke: for <e-mail>',
  })
  expect(await modeOf(folder)).toBe(0o700)
  expect(await modeOf(join(folder, 'atelier.log'))).toBe(0o600)
})

test('the log never grows past its files, and the newest lines are the last', async () => {
  const opened = openLog({ folder, known: [] })
  const text = 'word '.repeat(390)
  const lines = Math.ceil((maxLogFileBytes * (oldLogFiles + 3)) / text.length)
  for (let count = 0; count < lines; count += 1) log('sync').info(`${count} ${text}`)
  const names = await readdir(folder)
  expect(names).toHaveLength(oldLogFiles + 1)
  for (const name of names) {
    const { size, mode } = await stat(join(folder, name))
    expect(size).toBeLessThan(maxLogFileBytes + 3_000)
    expect(mode & 0o777).toBe(0o600)
  }
  const last = await opened.lastLines(1_200)
  expect(last).toHaveLength(1_200)
  const numbers = last.map((line) => Number.parseInt(JSON.parse(line).message, 10))
  expect(numbers).toEqual(Array.from({ length: 1_200 }, (_, index) => lines - 1_200 + index))
})

test('files of an earlier run are gone on with and closed to others; too many of them go', async () => {
  openLogFile(folder)('{"first":1}')
  await writeFile(join(folder, `atelier.${oldLogFiles + 2}.log`), 'old')
  await writeFile(join(folder, 'atelier.1.log'), 'old', { mode: 0o644 })
  openLogFile(folder)('{"second":2}')
  expect((await readdir(folder)).toSorted()).toEqual(['atelier.1.log', 'atelier.log'])
  expect(await modeOf(join(folder, 'atelier.1.log'))).toBe(0o600)
  expect(await readFile(join(folder, 'atelier.log'), 'utf8')).toBe('{"first":1}\n{"second":2}\n')
})

test('a log that cannot be written keeps nobody from anything', async () => {
  await writeFile(folder, 'a file in its place').catch(() => {})
  expect(() => openLog({ folder: join(folder, 'x'), known: [] })).not.toThrow()
  expect(() => log('start').info('unheard')).not.toThrow()
})

test('a worker’s lines come to the same file', async () => {
  const opened = openLog({ folder, known: [] })
  const code = `import(${JSON.stringify(new URL('../../log/log.ts', import.meta.url).href)})
    .then(({ log }) => log('cache').warn('from a worker', new Error('apikey=abcdef123')))`
  const worker = new Worker(code, { eval: true })
  await vi.waitFor(
    async () => {
      const [line = '{}'] = await opened.lastLines(1)
      expect(JSON.parse(line)).toMatchObject({
        area: 'cache',
        message: 'from a worker: apikey=<hidden>',
      })
    },
    { timeout: 20_000 },
  )
  await worker.terminate()
})

test('what nobody waits for is a line with its cause, and what goes on failing one line in a row', async () => {
  const records: LogRecord[] = []
  setLogSink((record) => records.push(record))
  const failed = (code: string) => Object.assign(new Error(`no: ${code}`), { code })
  await Promise.reject(failed('EIO')).catch(logged('folder', 'The trash stays'))
  const ended = loggedOnce('sync', 'A pass ended')
  for (const code of ['A', 'A', 'B', 'B', 'A']) ended(failed(code))
  expect(records.map(({ area, code, message }) => [area, code, message])).toEqual([
    ['folder', 'EIO', 'The trash stays: no: EIO'],
    ['sync', 'A', 'A pass ended: no: A'],
    ['sync', 'B', 'A pass ended: no: B'],
    ['sync', 'A', 'A pass ended: no: A'],
  ])
})

test('of many things that fail beside each other each reason is one line', () => {
  const records: LogRecord[] = []
  setLogSink((record) => records.push(record))
  const blocked = loggedOncePerCode('folder', 'A file was not synced')
  const failed = (code: string) => Object.assign(new Error(`no: ${code}`), { code })
  for (const code of ['A', 'B', 'A', 'B', 'A']) blocked(failed(code))
  expect(records.map(({ code }) => code)).toEqual(['A', 'B'])
})
