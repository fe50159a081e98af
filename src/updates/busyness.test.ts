import { expect, test } from 'vitest'
import type { FolderLink } from '../contract/folders.ts'
import { idleSync, type Transfer } from '../contract/sync.ts'
import { busynessOf, isBusy, isMoving, nothingBusy } from './busyness.ts'

const transfer = (direction: 'up' | 'down') => ({ direction }) as Transfer
const moving = (up: number, transfers: Transfer[] = []) => ({
  pending: { up, down: 0, files: [] },
  transfers,
})
const folder = (status: FolderLink['status'], up = 2) => ({ status, ...moving(up) })

test('edits that were not sent hold an update up, wherever they wait and whatever keeps them', () => {
  for (const status of ['in-step', 'syncing', 'waiting', 'offline', 'failed'] as const)
    expect(busynessOf(idleSync, [folder(status)]), status).toEqual({ edits: 2, transfers: 0 })
  expect(busynessOf({ ...idleSync, ...moving(3) }, [folder('offline', 1)]).edits).toBe(4)
  expect(isBusy(busynessOf(idleSync, [folder('offline', 0)]))).toBe(false)
  expect(isBusy(busynessOf(idleSync, [folder('failed')]))).toBe(true)
  expect(isMoving(busynessOf(idleSync, [folder('failed')]))).toBe(false)
})

test('what its person paused, and what is gone, holds up nothing', () => {
  for (const status of ['paused', 'gone'] as const)
    expect(busynessOf(idleSync, [folder(status)]), status).toEqual(nothingBusy)
})

test('what moves counts, and what goes out is an edit, too', () => {
  const both = moving(0, [transfer('up'), transfer('down')])
  expect(busynessOf(both, [{ status: 'syncing', ...both }])).toEqual({ edits: 2, transfers: 4 })
})
