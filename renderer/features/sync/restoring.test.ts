import { expect, test } from 'vitest'
import type { TrashEntry } from '../../../src/contract/folders.ts'
import type { FailureCode } from '../../../src/domain/failure.ts'
import { daysLeftText, restoreAll, restoredText } from './restoring.ts'

const day = 24 * 3600_000
const now = Date.parse('2026-03-31T12:00:00Z')
const left = (days: number): string => daysLeftText(new Date(now - days * day).toISOString(), now)

test('how long something stays is said in days, and never more than there are', () => {
  expect(left(0)).toBe('30 days left')
  expect(left(-2)).toBe('30 days left')
  expect(left(3)).toBe('27 days left')
  expect(left(3.5)).toBe('27 days left')
  expect(left(29)).toBe('one day left')
  expect(left(29.9)).toBe('one day left')
  expect(left(30)).toBe('goes today')
  expect(left(31)).toBe('goes today')
})

const entries = ['a', 'b', 'c', 'd'].map(
  (path): TrashEntry => ({
    id: path,
    path,
    isPlaceKnown: true,
    size: 1,
    removedAt: '',
    fileId: null,
  }),
)
const run = async (
  refused: Record<string, FailureCode>,
  { stopAfter = 9, taken = '' } = {},
): Promise<{ tried: string[]; text: string; left: number }> => {
  const abort = new AbortController()
  const tried: string[] = []
  const restored = await restoreAll(
    entries,
    async ({ path }) => {
      tried.push(path)
      const code = refused[path]
      return code ? { code } : { path: path === taken ? `${path} (restored)` : path }
    },
    { signal: abort.signal, told: (done) => done === stopAfter && abort.abort() },
  )
  return { tried, text: restoredText(restored), left: restored.left }
}

test('all come back; what has another name by now is told', async () => {
  expect((await run({})).text).toBe('4 files are back.')
  expect((await run({}, { taken: 'b' })).text).toBe(
    '4 files are back. The name of one file was taken: it has “(restored)” in its name.',
  )
})

test('one that cannot come back holds up no other; what holds for all ends it', async () => {
  const one = await run({ b: 'file.busy' })
  expect(one.tried).toEqual(['a', 'b', 'c', 'd'])
  expect(one.text).toBe('3 files are back. One file could not be restored.')
  const full = await run({ b: 'disk.full' })
  expect(full.tried).toEqual(['a', 'b'])
  expect(full.text).toBe(
    'One file is back. One file could not be restored. 2 files are in the trash still.',
  )
  expect((await run({ a: 'folder.missing' })).text).toBe(
    'Nothing came back. One file could not be restored. 3 files are in the trash still.',
  )
})

test('whoever stops it keeps what is back, and the rest in the trash', async () => {
  const stopped = await run({}, { stopAfter: 1 })
  expect(stopped.tried).toEqual(['a'])
  expect(stopped.text).toBe('One file is back. 3 files are in the trash still.')
})
