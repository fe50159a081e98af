import { describe, expect, it } from 'vitest'
import { idleSync } from '../../../src/contract/sync.ts'
import { statusText } from './status-text.ts'

describe('the words of sync', () => {
  it('says what is happening', () => {
    expect(statusText(idleSync).word).toBe('Up to date')
    expect(statusText({ ...idleSync, phase: 'offline', outbox: 2 })).toMatchObject({
      word: 'Offline',
      detail: '2 to send',
    })
    expect(
      statusText({ ...idleSync, phase: 'transferring', filesDone: 3, filesTotal: 9 }).word,
    ).toBe('Syncing 3 of 9')
    expect(statusText({ ...idleSync, phase: 'failed', failure: 'disk.full' }).word).toBe(
      'Needs your attention',
    )
    expect(statusText({ ...idleSync, failure: 'sync.cancelled' }).word).toBe('Stopped')
  })
  it('parked files need attention even when idle', () => {
    const parked = [{ fileId: 'f', artifactId: 'a', path: 'x', failure: 'server.denied' as const }]
    expect(statusText({ ...idleSync, parked }).tone).toBe('danger')
  })
})
