import { describe, expect, it } from 'vitest'
import { type FailureCode, failureCodes } from '../domain/failure.ts'
import { demote, type RetryContext, shouldRetry } from './blocked.ts'
import { failurePolicies } from './failure-policy.ts'

const since: RetryContext = { now: 1_800_000_000_000, role: 'viewer', uploadRules: '1000' }
const minutes = (count: number): RetryContext => ({ ...since, now: since.now + count * 60_000 })
const promoted = { ...since, role: 'contributor' }
const raised = { ...since, uploadRules: '2000' }

/** What ends the wait, and after how many minutes it ends in any case. */
const cases: [code: FailureCode, role: boolean, rules: boolean, minutes: number][] = [
  ['server.denied', true, false, 60],
  ['server.not-found', true, false, 60],
  ['server.gone', true, false, 60],
  ['server.refused-input', false, false, 24 * 60],
  ['sync.file-refused', false, false, 24 * 60],
  ['file.name-refused', false, true, 24 * 60],
  ['file.type-refused', false, true, 24 * 60],
  ['file.too-large', false, true, 24 * 60],
  ['server.conflict', false, false, 10],
  ['sync.remote-object-missing', false, false, 10],
  ['sync.remote-object-damaged', false, false, 6 * 60],
  ['file.hash-mismatch', false, false, 10],
  ['file.name-collision', false, false, 10],
  ['sync.conflict', false, false, 1],
  ['file.changed-while-reading', false, false, 1],
  ['disk.denied', false, false, 1],
  ['disk.unreadable', false, false, 1],
  ['disk.full', false, false, 1],
  ['disk.no-room', false, false, 10],
]

describe('what is blocked', () => {
  it.each(cases)('%s', (code, role, rules, atMost) => {
    expect(shouldRetry(code, since, minutes(0))).toBe(false)
    expect(shouldRetry(code, since, promoted)).toBe(role)
    expect(shouldRetry(code, since, raised)).toBe(rules)
    expect(shouldRetry(code, since, minutes(atMost - 1 / 60))).toBe(false)
    expect(shouldRetry(code, since, minutes(atMost))).toBe(true)
  })
  it('has a case for every row', () => {
    // What waits for another network is judged anew each time.
    expect(shouldRetry('sync.metered', since, minutes(0))).toBe(true)
    const codes = [...cases.map(([code]) => code), 'sync.stopped', 'sync.metered']
    expect(new Set(codes)).toEqual(
      new Set(failureCodes.filter((code) => failurePolicies[code].until)),
    )
  })
  it('what a person stopped waits for the person, whatever else changes', () => {
    for (const now of [promoted, raised, minutes(7 * 24 * 60), minutes(-7 * 24 * 60)])
      expect(shouldRetry('sync.stopped', since, now)).toBe(false)
  })
  it('waits for more rights, not for fewer: of those lost meanwhile the way back is enough', () => {
    const contributor = { ...since, role: 'contributor' }
    for (const role of ['none', 'viewer', 'contributor'])
      expect(shouldRetry('server.denied', contributor, { ...contributor, role })).toBe(false)
    expect(shouldRetry('server.denied', contributor, { ...contributor, role: 'owner' })).toBe(true)
    const lost = demote(contributor, 'none')
    expect(shouldRetry('server.denied', lost, contributor)).toBe(true)
    expect(demote(contributor, 'owner')).toEqual(contributor)
  })
  it('goes on within a day whatever other reason there is, and whatever the clock does', () => {
    for (const code of failureCodes.filter((each) => each !== 'sync.stopped')) {
      expect(shouldRetry(code, since, minutes(24 * 60))).toBe(true)
      expect(shouldRetry(code, since, minutes(-24 * 60))).toBe(true)
    }
  })
  it('learns nothing from a server that does not say', () => {
    const silent = { ...since, role: null, uploadRules: null }
    expect(shouldRetry('server.denied', silent, promoted)).toBe(false)
    expect(shouldRetry('server.denied', since, silent)).toBe(false)
    expect(shouldRetry('file.too-large', since, silent)).toBe(false)
  })
})
