import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Conflict } from '../../../src/contract/folders.ts'
import { openWay } from '../../../src/contract/network.ts'
import { idleSync } from '../../../src/contract/sync.ts'
import { WorldWatch } from './world.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const named = (title: string): Conflict[] => [{ title } as Conflict]

test('what is told while an outage is waited for is shown at once', async () => {
  const shown: boolean[] = []
  const watch = new WorldWatch(
    async () => [],
    ({ sync }) => shown.push(sync.paused),
  )
  watch.lookAfter(6_000)
  watch.hear('sync.changed', { ...idleSync, paused: true })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(shown).toEqual([true])
  await vi.advanceTimersByTimeAsync(6_000)
  expect(shown).toEqual([true, true])
  watch.lookAfter(6_000)
  watch.look()
  watch.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(shown).toHaveLength(2)
})

test('an answer that took long does not take the place of a newer one', async () => {
  const answers: ((conflicts: Conflict[]) => void)[] = []
  const watch = new WorldWatch(
    () => new Promise((done) => answers.push(done)),
    () => {},
  )
  const change = { projectId: null, artifactId: null } as never
  watch.hear('artifacts.changed', change)
  await vi.advanceTimersByTimeAsync(1_000)
  watch.hear('artifacts.changed', change)
  await vi.advanceTimersByTimeAsync(1_000)
  answers[1]?.(named('newer'))
  answers[0]?.(named('older'))
  await vi.advanceTimersByTimeAsync(0)
  answers[1]?.(named('newer'))
  await vi.advanceTimersByTimeAsync(0)
  expect(watch.now.conflicts).toEqual(named('newer'))
})

test('what the network between asks is known where no window hears it, and when it is over', async () => {
  const shown: number[] = []
  const watch = new WorldWatch(
    async () => [],
    ({ network }) => shown.push(network.questions.length),
  )
  const question = { kind: 'certificate', id: 'certificate-1', host: 'team.example:443' } as const
  watch.hear('network.changed', {
    ...openWay,
    questions: [{ ...question, certificates: [] }],
  })
  await vi.advanceTimersByTimeAsync(1_000)
  // Whoever was signed in: it is this computer's network that asks.
  watch.hear('session.changed', { status: 'signedOut', failure: null })
  await vi.advanceTimersByTimeAsync(1_000)
  watch.hear('network.changed', openWay)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(shown).toEqual([1, 1, 0])
  watch.close()
})
