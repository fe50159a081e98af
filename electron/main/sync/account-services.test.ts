import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openCurrent, settledMs } from './account-services.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const service = () => ({ close: vi.fn(async () => {}) })
type Service = ReturnType<typeof service>

test('a disk that is dead when a person’s things are opened holds nobody for longer than their time', async () => {
  const things = openCurrent<Service>()
  void things.turn(() => things.become({ key: 'ines', open: () => new Promise(() => {}) }))
  const settled = vi.fn()
  void things.settled().then(settled)
  await vi.advanceTimersByTimeAsync(settledMs - 1)
  expect(settled).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(settled).toHaveBeenCalledOnce()
})

test('what is opened after its closing was asked for is closed, before another is opened', async () => {
  const things = openCurrent<Service>()
  const [late, next] = [service(), service()]
  const disk = Promise.withResolvers<Service>()
  void things.turn(() => things.become({ key: 'ines', open: () => disk.promise }))
  const closed = vi.fn()
  void things.close().then(closed)
  const open = vi.fn(async () => next)
  const opened = things.turn(() => things.become({ key: 'ines', open }))
  await vi.advanceTimersByTimeAsync(settledMs)
  // Whoever closes everything sees that this did not close, and nothing is open over the same folders.
  expect(closed).not.toHaveBeenCalled()
  expect(open).not.toHaveBeenCalled()
  disk.resolve(late)
  await opened
  expect(late.close).toHaveBeenCalledOnce()
  expect(closed).toHaveBeenCalledOnce()
  expect(things.service).toBe(next)
})

test('nothing is opened over what does not close', async () => {
  const things = openCurrent<Service>()
  const first = service()
  const disk = Promise.withResolvers<void>()
  first.close.mockReturnValue(disk.promise)
  await things.turn(() => things.become({ key: 'ines', open: async () => first }))
  void things.close()
  const open = vi.fn(async () => service())
  const opened = things.turn(() => things.become({ key: 'ines', open }))
  await vi.advanceTimersByTimeAsync(settledMs)
  expect(things.service).toBeNull()
  expect(open).not.toHaveBeenCalled()
  disk.resolve()
  await opened
  expect(open).toHaveBeenCalledOnce()
})

test('the same person keeps what is open, another has their own, and a turn that fails ends none', async () => {
  const things = openCurrent<Service>()
  const [mine, other] = [service(), service()]
  await things.turn(() => things.become({ key: 'ines', open: async () => mine }))
  await things.turn(() => things.become({ key: 'ines', open: async () => other }))
  expect(things.service).toBe(mine)
  await expect(
    things.turn(async () => {
      throw new Error('The disk is full.')
    }),
  ).rejects.toThrow()
  await things.turn(() => things.become({ key: 'ada', open: async () => other }))
  expect([things.service, mine.close.mock.calls.length]).toEqual([other, 1])
  await things.turn(() => things.become(null))
  expect([things.service, other.close.mock.calls.length]).toEqual([null, 1])
})
