import { expect, it } from 'vitest'
import { retryDelayMs } from './live-topics.ts'

it('what is refused is tried later and later, not by all at once, and never in a loop', () => {
  const delays = [1, 2, 3, 4, 20].map((failures) => retryDelayMs(failures, () => 1))
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 120_000])
  expect(retryDelayMs(3, () => 0)).toBe(2_000)
  expect(retryDelayMs(0, () => 0)).toBe(500)
})
