import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { allMs, Closing, partMs } from './closing.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const never = (): Promise<never> => new Promise(() => {})

test('a part that does not answer has its time, and no more', async () => {
  const closing = new Closing()
  const over = vi.fn()
  void closing.part('sync', never()).then(over)
  await vi.advanceTimersByTimeAsync(partMs - 1)
  expect(over).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(over).toHaveBeenCalledOnce()
  expect(closing.isStuck).toBe(true)
})

test('whoever asks hears whether it was left behind, and what ends late is stuck no more', async () => {
  const closing = new Closing()
  const [late, failing] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const left = Promise.all([
    closing.part('sync', late.promise),
    closing.part('backend', failing.promise),
    closing.part('settings', Promise.resolve()),
  ])
  await vi.advanceTimersByTimeAsync(partMs)
  expect(await left).toEqual([false, false, true])
  late.resolve()
  await vi.advanceTimersByTimeAsync(0)
  expect(closing.isStuck).toBe(true)
  failing.reject(new Error('The disk is gone.'))
  await vi.advanceTimersByTimeAsync(0)
  expect(closing.isStuck).toBe(false)
})

test('a part that closes, that is not there, or that fails holds up nobody and is not stuck', async () => {
  const closing = new Closing()
  await closing.part('sync', Promise.resolve())
  await closing.part('backend', undefined)
  await closing.part('settings', Promise.reject(new Error('The disk is full.')))
  expect(closing.isStuck).toBe(false)
  expect(vi.getTimerCount()).toBe(0)
})

test('all parts together have longer than each of them in turn', () => {
  expect(allMs).toBeGreaterThan(4 * partMs)
})
