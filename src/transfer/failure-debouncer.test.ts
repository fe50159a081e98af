import { expect, it } from 'vitest'
import { FailureDebouncer } from './failure-debouncer.ts'

const minute = 60_000

it('tells of passing trouble only when it has lasted three minutes', () => {
  const patience = new FailureDebouncer()
  expect(patience.failed('server.unavailable', 0)).toBe('wait')
  expect(patience.failed('server.rate-limited', 2 * minute)).toBe('wait')
  expect(patience.failed('network.timeout', 3 * minute)).toBe('tell')
  patience.went()
  expect(patience.failed('network.timeout', 4 * minute)).toBe('wait')
})
it('tells at once of what does not pass, of being offline, and whoever asked', () => {
  const patience = new FailureDebouncer()
  expect(patience.failed('disk.full', 0)).toBe('tell')
  expect(patience.failed('network.offline', 0)).toBe('tell')
  expect(patience.failed('network.unreachable', 0)).toBe('tell')
  patience.asked()
  expect(patience.failed('server.unavailable', 1)).toBe('tell')
  expect(patience.failed('server.unavailable', 2)).toBe('wait')
})
