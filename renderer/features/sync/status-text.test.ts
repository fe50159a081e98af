import { describe, expect, it } from 'vitest'
import { idleSync, nothingPending } from '../../../src/contract/sync.ts'
import { pendingText, speedText, statusText, transferText, unshown } from './status-text.ts'

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
    expect(statusText({ ...idleSync, stopped: true }).word).toBe('Stopped')
  })
  it('changes of rows wait like files do, and need somebody once they are refused', () => {
    const mutations = { waiting: 2, blocked: 0 }
    expect(statusText({ ...idleSync, outbox: 1, mutations })).toMatchObject({
      word: 'Waiting',
      detail: '3 to send',
    })
    expect(statusText({ ...idleSync, mutations: { waiting: 0, blocked: 1 } })).toMatchObject({
      word: 'Needs your attention',
      detail: null,
    })
  })
  it('pausing is said before anything else', () => {
    expect(statusText({ ...idleSync, paused: true, phase: 'offline', outbox: 1 })).toMatchObject({
      word: 'Paused',
      detail: '1 to send',
    })
  })
  it('speed and time left, as far as they are known', () => {
    const of = (bytesPerSecond: number | null, secondsLeft: number | null) =>
      speedText({ bytesPerSecond, secondsLeft })
    expect(of(null, null)).toBeNull()
    expect(of(0, null)).toBe('Nothing moves just now')
    expect(of(2_400_000, 3)).toBe('2.4 MB/s · a few seconds left')
    expect(of(2_400_000, 30)).toBe('2.4 MB/s · less than a minute left')
    expect(of(2_400_000, 60)).toBe('2.4 MB/s · about a minute left')
    expect(of(2_400_000, 185)).toBe('2.4 MB/s · about 3 minutes left')
    expect(of(2_400_000, 3_600)).toBe('2.4 MB/s · about an hour left')
    expect(of(2_400_000, 7_300)).toBe('2.4 MB/s · about 2 hours left')
    expect(of(1, 500_000)).toMatch(/more than a day left$/)
  })
  it('what waits, each way', () => {
    const of = (up: number, down: number) => pendingText({ up, down, files: [] })
    expect(of(0, 0)).toBeNull()
    expect(of(1, 0)).toBe('One file to send')
    expect(of(0, 1200)).toMatch(/^1.?200 files to fetch$/)
    expect(of(2, 1)).toBe('2 files to send, 1 to fetch')
  })
  it('linked folders count, unless they merely look', () => {
    const folder = {
      status: 'syncing' as const,
      transfers: [],
      blocked: [],
      held: null,
      pending: nothingPending,
    }
    const word = (change: object) => statusText(idleSync, [folder, { ...folder, ...change }]).word
    expect(word({})).toBe('Up to date')
    expect(word({ pending: { up: 2, down: 0, files: [] } })).toBe('Syncing folders')
    expect(word({ status: 'paused', pending: { up: 2, down: 0, files: [] } })).toBe('Waiting')
    expect(word({ status: 'failed' })).toBe('Needs your attention')
    expect(word({ held: { count: 300, here: 300, paths: [] } })).toBe('Needs your attention')
    const blocked = (failure: string) => word({ blocked: [{ path: 'a', fileId: null, failure }] })
    expect(blocked('server.denied')).toBe('Needs your attention')
    expect(blocked('sync.metered')).toBe('Up to date')
    expect(blocked('sync.stopped')).toBe('One file stopped')
  })
  it('what needs somebody is not hidden by what merely waits', () => {
    const folder = {
      status: 'waiting' as const,
      transfers: [],
      blocked: [],
      held: { count: 9, here: 9, paths: [] },
      pending: { up: 140, down: 0, files: [] },
    }
    expect(statusText({ ...idleSync, outbox: 2 }, [folder])).toMatchObject({
      word: 'Needs your attention',
      detail: '142 to send',
    })
    expect(statusText({ ...idleSync, outbox: 2, paused: true }, [folder]).detail).toBe(
      '142 to send',
    )
    expect(statusText(idleSync, [], 2)).toMatchObject({ word: '2 conflicts', tone: 'danger' })
  })
  it('of all files under way those that are not shown are counted', () => {
    const state = { ...idleSync, filesDone: 1, filesTotal: 149 }
    const transfer = { fileId: 'f', artifactId: 'a', path: 'x', direction: 'up' as const }
    const bytes = { bytesDone: 0, bytesTotal: 1, bytesPerSecond: null, secondsLeft: null }
    const transfers = Array.from({ length: 6 }, () => ({ ...transfer, ...bytes }))
    const pending = { up: 125, down: 0, files: [] }
    expect(unshown({ ...state, pending, transfers })).toBe(17)
    expect(unshown({ ...state, pending, transfers: [] })).toBe(0)
  })
  it('a file whose bytes are all there is finishing', () => {
    const transfer = {
      fileId: 'f',
      artifactId: 'a',
      path: 'x',
      direction: 'up' as const,
      bytesDone: 5,
      bytesTotal: 10,
      bytesPerSecond: 1000,
      secondsLeft: 3,
    }
    expect(transferText(transfer)).toBe('1 kB/s · a few seconds left')
    expect(transferText({ ...transfer, bytesDone: 10 })).toBe('Finishing')
    expect(transferText({ ...transfer, bytesDone: 0, bytesTotal: 0 })).not.toBe('Finishing')
  })
  it('blocked files need attention even when idle', () => {
    const blocked = [
      {
        fileId: 'f',
        artifactId: 'a',
        projectId: null,
        title: null,
        path: 'x',
        direction: 'up' as const,
        failure: 'server.denied' as const,
      },
    ]
    expect(statusText({ ...idleSync, blocked }).tone).toBe('danger')
  })
})
