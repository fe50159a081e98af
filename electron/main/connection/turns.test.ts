import { expect, it, vi } from 'vitest'
import { openTurns } from './turns.ts'

const work = () => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  return { begun: vi.fn(() => promise), end: resolve, fail: reject }
}

it('one comes after the other, also after one that failed', async () => {
  const turns = openTurns()
  const [first, second] = [work(), work()]
  const failed = turns.take(first.begun)
  void turns.take(second.begun)
  await vi.waitFor(() => expect(first.begun).toHaveBeenCalled())
  expect(second.begun).not.toHaveBeenCalled()
  first.fail(new Error('did not start'))
  await expect(failed).rejects.toThrow('did not start')
  await vi.waitFor(() => expect(second.begun).toHaveBeenCalled())
})

it('nothing is opened while an update copies what is closed, nor by who waited for it', async () => {
  const turns = openTurns()
  const [opening, waiting, copying, again, after] = [work(), work(), work(), work(), work()]
  void turns.take(opening.begun)
  await vi.waitFor(() => expect(opening.begun).toHaveBeenCalled())
  const waited = turns.take(waiting.begun)
  const copied = turns.hold(copying.begun)
  const tried = turns.take(again.begun)
  // Its own process is not there yet to be told to make a copy.
  expect(copying.begun).not.toHaveBeenCalled()
  opening.end()
  await waited
  await vi.waitFor(() => expect(copying.begun).toHaveBeenCalled())
  copying.end()
  await Promise.all([copied, tried])
  expect([waiting.begun, again.begun].flatMap(({ mock }) => mock.calls)).toEqual([])
  // The update came to nothing.
  void turns.release(async () => {})
  void turns.take(after.begun)
  await vi.waitFor(() => expect(after.begun).toHaveBeenCalled())
})
