import { expect, it, vi } from 'vitest'
import type { Cache } from '../../store/client.ts'
import { openDatabase } from '../../store/database.ts'
import { openQuota } from './quota.ts'

const now = Date.UTC(2026, 0, 31, 12)
const hour = 3600_000
const hash = (place: number): string => place.toString(16).padStart(64, '0')

const open = (limit: number | null) => {
  const db = openDatabase(':memory:', () => now)
  // The worker's answers come later; that is all there is to it.
  const cache = new Proxy({} as Cache, {
    get:
      (_target, name) =>
      async (...args: unknown[]) =>
        (db as unknown as Record<string, (...args: unknown[]) => unknown>)[String(name)]!(...args),
  })
  const held = new Set<string>()
  const removed: string[] = []
  const parts = [] as { sha256: string; size: number; modifiedAt: number }[]
  const changed = vi.fn()
  const quota = openQuota({
    cache,
    blobs: {
      has: async () => true,
      remove: async (sha256) => {
        await new Promise((resolve) => setImmediate(resolve))
        if (held.has(sha256)) throw new Error('held by another program')
        removed.push(sha256)
      },
      unfinished: async () => [...parts],
      removeUnfinished: async (sha256) =>
        void parts.splice(
          parts.findIndex((part) => part.sha256 === sha256),
          1,
        ),
    },
    now: () => now,
    limit,
    changed,
  })
  return { db, quota, held, removed, parts, changed }
}
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 2000; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

it('goes on when the disk does not give up one file, and keeps that one’s record as it was', async () => {
  const { db, quota, held, removed } = open(0)
  for (let place = 0; place < 60; place += 1) db.addBlob(hash(place), 1, now - (90 - place) * hour)
  held.add(hash(3))
  quota.enforce()
  await settled()
  expect(removed).toHaveLength(59)
  expect(db.blobs()).toEqual([hash(3)])
  held.clear()
  quota.enforce()
  await settled()
  expect(db.blobs()).toEqual([])
})
it('takes a use that is still to come for an old one, until it is used again', async () => {
  const { db, quota, removed } = open(1)
  db.addBlob(hash(1), 1, now + 24 * hour)
  db.addBlob(hash(2), 1, now + 23 * hour)
  db.touchBlob(hash(2), now)
  quota.enforce()
  await settled()
  expect(removed).toEqual([hash(1)])
})
it('counts beginnings that nobody goes on with, and lets old ones go first', async () => {
  const { db, quota, parts, removed } = open(10)
  db.addBlob(hash(1), 6, now - hour)
  parts.push({ sha256: hash(8), size: 5, modifiedAt: now - hour })
  parts.push({ sha256: hash(9), size: 4, modifiedAt: now })
  expect(await quota.usage()).toEqual({ kept: 15, bound: 0 })
  quota.enforce()
  await settled()
  expect(parts.map(({ sha256 }) => sha256)).toEqual([hash(9)])
  expect(removed).toEqual([])
})
it('lets whoever wants to see a file in between', async () => {
  const { db, quota, removed } = open(0)
  for (let place = 0; place < 500; place += 1) db.addBlob(hash(place), 1, now - hour)
  quota.enforce()
  await vi.waitFor(() => expect(removed.length).toBeGreaterThan(0))
  const before = removed.length
  await quota.has(hash(499), 1)
  // The batch under way, and perhaps the one that was next.
  expect(removed.length - before).toBeLessThanOrEqual(50)
  await settled()
  expect(db.blobs()).not.toContain(hash(0))
})
