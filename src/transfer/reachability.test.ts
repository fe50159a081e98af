import { expect, test } from 'vitest'
import { outageAfterMs } from '../domain/outage.ts'
import { Reachability } from './reachability.ts'

const start = Date.parse('2026-03-31T12:00:00Z')
const open = () => {
  let elapsed = 500
  const told: { missedSince: number | null; isBack: boolean }[] = []
  const reach = new Reachability({ now: () => start + elapsed, elapsed: () => elapsed }, (each) =>
    told.push(each),
  )
  return { reach, told, pass: (milliseconds: number) => (elapsed += milliseconds) }
}

test('the first failure in a row says since when; one answer ends it', () => {
  const { reach, told, pass } = open()
  reach.answered()
  expect(told).toEqual([])
  pass(1000)
  reach.failed('network.offline')
  pass(1000)
  reach.failed('network.timeout')
  reach.failed('server.unavailable')
  expect(told).toEqual([{ missedSince: start + 1500, isBack: false }])
  expect(reach.missedSince).toBe(start + 1500)
  expect(reach.silence).toBe(2000)
  pass(outageAfterMs)
  reach.answered()
  expect(told[1]).toEqual({ missedSince: null, isBack: true })
  expect(reach.missedSince).toBeNull()
  expect(reach.silence).toBe(0)
})

test('what was over in a moment was no outage', () => {
  const { reach, told, pass } = open()
  reach.failed('network.offline')
  pass(outageAfterMs - 1)
  reach.answered()
  expect(told[1]).toEqual({ missedSince: null, isBack: false })
})

test('a server that refuses is there', () => {
  const { reach, told } = open()
  for (const code of ['server.denied', 'server.rate-limited', 'sync.cancelled'] as const)
    reach.failed(code)
  expect(told).toEqual([])
})
