import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LiveProjects, openFollowed } from './live-projects.ts'

const first = '0191c0de-0000-7000-8000-000000000001'
const second = '0191c0de-0000-7000-8000-000000000002'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const open = () => {
  const lost = vi.fn()
  const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((done, refuse) => {
      const timer = setTimeout(done, milliseconds)
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        refuse(signal.reason)
      })
    })
  return { lost, live: new LiveProjects({ sleep }, lost) }
}

it('nothing is told until the page says so, and then of those projects alone', () => {
  const { live, lost } = open()
  expect([live.isConnected, live.hears(first)]).toEqual([false, false])
  live.tell([first])
  expect([live.isConnected, live.hears(first), live.hears(second)]).toEqual([true, true, false])
  live.tell([first, second])
  expect([live.hears(second), lost.mock.calls.length]).toEqual([true, 0])
})

it('what is not told any more is asked for at once', () => {
  const { live, lost } = open()
  live.tell([first, second])
  live.tell([first])
  expect([live.hears(second), lost.mock.calls.length]).toEqual([false, 1])
  live.tell(null)
  expect([live.isConnected, lost.mock.calls.length]).toEqual([false, 2])
  live.tell(null)
  expect(lost).toHaveBeenCalledTimes(2)
})

it('the word of a page that is gone runs out, and that of one that goes on does not', async () => {
  const { live, lost } = open()
  live.tell([])
  for (let minutes = 0; minutes < 5; minutes += 1) {
    await vi.advanceTimersByTimeAsync(60_000)
    live.tell([])
  }
  expect([live.isConnected, lost.mock.calls.length]).toEqual([true, 0])
  await vi.advanceTimersByTimeAsync(101_000)
  expect([live.isConnected, lost.mock.calls.length]).toEqual([false, 1])
})

it('a service that is closed is told of nothing', async () => {
  const { live, lost } = open()
  live.tell([first])
  live.close()
  await vi.advanceTimersByTimeAsync(200_000)
  expect(lost).not.toHaveBeenCalled()
})

it('a project whose changes nothing tells of is asked about, until something does', () => {
  const { live, lost } = open()
  live.tell([first, second])
  live.heard(first)
  live.missed(first)
  live.tell([first, second])
  expect([live.hears(first), live.hears(second), live.isConnected]).toEqual([false, true, true])
  expect(live.inWords).toBe('told of 2 projects, 1 words, 1 changes without one')
  live.heard(first)
  expect([live.hears(first), lost.mock.calls.length]).toEqual([true, 0])
  live.tell(null)
  expect(live.inWords).toContain('not told')
})

it('which projects are followed is told once, and asked where something changed alone', async () => {
  const ask = vi.fn(async () => [first, second, first])
  const tell = vi.fn()
  const followed = openFollowed({ ask, tell })
  for (let words = 0; words < 100; words += 1) followed.linked([second, first, first])
  await vi.advanceTimersByTimeAsync(0)
  expect([ask.mock.calls.length, tell.mock.calls]).toEqual([1, [[[first, second]]]])
  followed.mayDiffer()
  followed.linked([first])
  await vi.advanceTimersByTimeAsync(0)
  expect([ask.mock.calls.length, tell.mock.calls.length]).toEqual([3, 1])
  ask.mockImplementation(async () => [second])
  followed.mayDiffer()
  await vi.advanceTimersByTimeAsync(0)
  expect(tell.mock.lastCall).toEqual([[second]])
})
