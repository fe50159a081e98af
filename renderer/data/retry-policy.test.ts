import { expect, it, vi } from 'vitest'
import { Failure } from '../../src/domain/failure.ts'

vi.stubGlobal('window', {})
const { askAgainMs, isAskedAgain, quickDelayMs } = await import('./retry-policy.ts')

const failure = (code: Failure['code']) => new Failure(code, 'x')

it.each([
  'server.unavailable',
  'server.rate-limited',
  'server.unexpected-answer',
  'auth.refused',
] as const)(
  'a first answer that fails for three seconds is asked again before anybody is told: %s',
  (code) => {
    let waited = 0
    let failures = 0
    for (; isAskedAgain(failures, failure(code)); failures += 1) waited += quickDelayMs(failures)
    expect(waited).toBeGreaterThan(3_000)
    expect(waited).toBeLessThan(5_000)
    // And after that it goes on by itself, less and less often.
    expect(askAgainMs(failure(code), 1)).toBe(5_000)
    expect(askAgainMs(failure(code), 20)).toBe(60_000)
  },
)
it.each([
  'server.denied',
  'server.not-found',
  'network.offline',
  'server.refused-input',
  'internal',
] as const)('what asking again cannot mend is told at once: %s', (code) => {
  expect(isAskedAgain(0, failure(code))).toBe(false)
  expect(askAgainMs(failure(code), 1)).toBe(false)
})
it('what went well is not asked again for this', () => expect(askAgainMs(null, 0)).toBe(false))
