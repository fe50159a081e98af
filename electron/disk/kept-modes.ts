import { type BigIntStats, closeSync, constants, fchmodSync, fstatSync, openSync } from 'node:fs'
import type { Permissions } from '../../src/sync/folder/permissions.ts'
import { withoutFollowing } from './plain-files.ts'

/* What a disk tells of modes, where it is to be believed. */

/**
 * The device of a file of ours, if it keeps a mode that it is given: FAT and some that are mounted from elsewhere have
 * one for all files, and say nothing when it is set. Null where nothing is to be believed.
 */
export const modesOn = (own: string, platform: string = process.platform): bigint | null => {
  if (platform === 'win32') return null
  try {
    const handle = openSync(own, constants.O_RDONLY | withoutFollowing)
    try {
      const entry = fstatSync(handle, { bigint: true })
      // By another name it may be somebody's.
      if (!entry.isFile() || entry.nlink !== 1n) return null
      const mode = Number(entry.mode & 0o777n)
      fchmodSync(handle, mode ^ 0o100)
      const told = fstatSync(handle).mode & 0o777
      fchmodSync(handle, mode)
      return told === (mode ^ 0o100) ? entry.dev : null
    } finally {
      closeSync(handle)
    }
  } catch {
    return null
  }
}

/** `device`: whose modes are to be believed. */
export const permissionsOf = (
  { dev, mode }: BigIntStats,
  device: bigint | null,
): { permissions?: Permissions } =>
  dev === device
    ? { permissions: { isExecutable: (mode & 0o100n) !== 0n, isOwnerOnly: (mode & 0o077n) === 0n } }
    : {}
