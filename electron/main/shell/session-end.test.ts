import { expect, test, vi } from 'vitest'
import { holdSessionEnd } from './session-end.ts'

const ending = (...reasons: string[]) => ({ reasons, preventDefault: vi.fn() })

test('a session’s end is held until the last words are there, and no longer than a moment', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const words = Promise.withResolvers<void>()
  const quit = vi.fn()
  const asked = holdSessionEnd({ ask: () => words.promise, quit })
  const event = ending('shutdown')
  asked(event)
  expect(event.preventDefault).toHaveBeenCalledOnce()
  expect(quit).not.toHaveBeenCalled()
  words.resolve()
  await vi.waitFor(() => expect(quit).toHaveBeenCalledOnce())
  vi.useRealTimers()

  const never = vi.fn()
  const before = performance.now()
  holdSessionEnd({ ask: () => new Promise(() => {}), quit: never })(ending('logoff'))
  await vi.waitFor(() => expect(never).toHaveBeenCalledOnce(), { timeout: 4_000 })
  expect(performance.now() - before).toBeGreaterThan(1_000)
})

test('a session that is ended once more is held once more', async () => {
  const ask = vi.fn(() => Promise.resolve())
  const quit = vi.fn()
  const asked = holdSessionEnd({ ask, quit })
  for (const times of [1, 2]) {
    const events = [ending('shutdown'), ending('shutdown')]
    for (const event of events) asked(event)
    for (const event of events) expect(event.preventDefault).toHaveBeenCalledOnce()
    await vi.waitFor(() => expect(quit).toHaveBeenCalledTimes(times))
    expect(ask).toHaveBeenCalledTimes(times)
  }
})

test.each([['critical', 'shutdown'], ['close-app'], ['close-app', 'logoff']])(
  'an end for %s is not held, and the page is asked all the same',
  (...reasons) => {
    const ask = vi.fn(() => Promise.resolve())
    const quit = vi.fn()
    const event = ending(...reasons)
    holdSessionEnd({ ask, quit })(event)
    expect(event.preventDefault).not.toHaveBeenCalled()
    expect(ask).toHaveBeenCalledOnce()
    expect(quit).not.toHaveBeenCalled()
  },
)
