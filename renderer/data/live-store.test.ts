import { afterEach, expect, it } from 'vitest'
import { noteLook, pollAfterMs, useLive } from './live-store.ts'

const everyMs = 8_000
const second = 1_000

afterEach(() => useLive.setState({ isLive: false }))

it('nothing is polled while the server tells, but for a look in ten minutes: a word may have been lost', () => {
  useLive.setState({ isLive: true })
  const value = {}
  expect(pollAfterMs(everyMs, value)).toBe(600_000)
  expect(pollAfterMs(everyMs, value, Date.now() + 3_600_000)).toBe(600_000)
})

it('a value that stays is asked for later and later, once a minute at the last', () => {
  const value = {}
  const at = (seconds: number) => pollAfterMs(everyMs, value, 10_000 * second + seconds * second)
  expect([at(0), at(60), at(120), at(240), at(3_600)]).toEqual([
    everyMs,
    everyMs,
    15_000,
    30_000,
    60_000,
  ])
})

it('what is new, or looked at, is asked for soon again', () => {
  const value = {}
  const start = 20_000 * second
  expect(pollAfterMs(everyMs, value, start)).toBe(everyMs)
  expect(pollAfterMs(everyMs, value, start + 400 * second)).toBe(50_000)
  expect(pollAfterMs(everyMs, {}, start + 400 * second)).toBe(everyMs)
  noteLook(start + 399 * second)
  expect(pollAfterMs(everyMs, value, start + 400 * second)).toBe(everyMs)
})
