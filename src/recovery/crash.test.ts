import fc from 'fast-check'
import { expect, test } from 'vitest'
import { afterCrash, againWithinMs, dumpsToRemove } from './crash.ts'

test('a page that goes once comes back by itself; again within a minute the person says', () => {
  expect(afterCrash(null, 5_000)).toBe('reload')
  expect(afterCrash(5_000, 5_000 + againWithinMs - 1)).toBe('ask')
  expect(afterCrash(5_000, 5_000 + againWithinMs)).toBe('reload')
})

test('of crash dumps the newest stay, within their number and their bytes', () => {
  const dump = fc.record({
    path: fc.uuid(),
    bytes: fc.integer({ min: 0, max: 80_000_000 }),
    time: fc.integer({ min: 0, max: 1_000 }),
  })
  fc.assert(
    fc.property(fc.uniqueArray(dump, { selector: ({ time }) => time }), (dumps) => {
      const gone = new Set(dumpsToRemove(dumps).map(({ path }) => path))
      const kept = dumps.filter(({ path }) => !gone.has(path))
      expect(kept.length).toBeLessThanOrEqual(5)
      if (kept.length > 1)
        expect(kept.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(100_000_000)
      if (dumps.length > 0) expect(kept.length).toBeGreaterThan(0)
      const newestGone = Math.max(
        -1,
        ...dumps.filter(({ path }) => gone.has(path)).map((d) => d.time),
      )
      for (const { time } of kept) expect(time).toBeGreaterThan(newestGone)
    }),
  )
})
