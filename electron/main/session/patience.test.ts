import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { patiently } from './patience.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('an answer that comes in time is waited for, and nothing is left behind', async () => {
  const answer = patiently(new Promise((resolve) => setTimeout(resolve, 99, 'secret')), 100)
  await vi.advanceTimersByTimeAsync(99)
  expect(await answer).toEqual({ kind: 'answered', value: 'secret' })
  expect(vi.getTimerCount()).toBe(0)
})

it('a silence is told when the patience is over, and what is answered then is heard later', async () => {
  const answer = patiently(new Promise((resolve) => setTimeout(resolve, 200, 'secret')), 100)
  await vi.advanceTimersByTimeAsync(100)
  const silent = await answer
  const heard: unknown[] = []
  if (silent.kind === 'silent') silent.later((value) => heard.push(value))
  await vi.advanceTimersByTimeAsync(99)
  expect(heard).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(heard).toEqual(['secret'])
})

const refusing = (ms: number) =>
  new Promise((_, reject) => setTimeout(reject, ms, new Error('locked')))

it('a refusal in time is thrown', async () => {
  const answer = expect(patiently(refusing(50), 100)).rejects.toThrow('locked')
  await vi.advanceTimersByTimeAsync(50)
  await answer
})

it.each([true, false])(
  'a refusal after the silence troubles nobody (heard: %s)',
  async (isHeard) => {
    const answer = patiently(refusing(200), 100)
    await vi.advanceTimersByTimeAsync(100)
    const silent = await answer
    const heard = vi.fn()
    if (silent.kind === 'silent' && isHeard) silent.later(heard)
    await vi.advanceTimersByTimeAsync(200)
    expect(heard).not.toHaveBeenCalled()
  },
)
