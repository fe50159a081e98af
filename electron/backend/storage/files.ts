import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { grouped } from './grouped.ts'

/**
 * Where bytes live: `blobs/<first two digits>/<version>` holds one committed version each,
 * `incoming/` what is being received, `resumable/` unfinished resumable uploads, `orphans/` bytes
 * without a row, kept a while before they go. All on one file system, so that a rename is atomic.
 */
export type Files = {
  readonly incoming: string
  readonly blobs: string
  readonly resumable: string
  readonly orphans: string
  temporary(): string
  /** The name of a new version. */
  version(): string
  blob(version: string): string
  /** Moves a complete, fsynced file to its version's place; on return the move itself is on disk. */
  adopt(from: string, version: string): Promise<void>
  /** Undoes `adopt`. */
  giveBack(version: string, to: string): Promise<void>
  remove(version: string): Promise<void>
}

const syncFolder = async (folder: string): Promise<void> => {
  // Windows has no fsync of a folder; its file system journals the rename.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Of those who wait for a folder one syncs it for all. */
const syncTogether = grouped<string, void>(
  async (folders) => {
    await Promise.all([...new Set(folders)].map(syncFolder))
    return []
  },
  syncFolder,
  // Who heard of a failure has heard of it: a second try may find nothing to complain of.
  () => false,
)

export const createFiles = (folder: string): Files => {
  const blobs = join(folder, 'blobs')
  const incoming = join(folder, 'incoming')
  /** Folders of this run: that one is in its parent is on disk before anything in it counts. */
  const made = new Map<string, Promise<void>>()
  const make = (parent: string): Promise<void> => {
    const known = made.get(parent)
    if (known) return known
    const making = mkdir(parent, { recursive: true }).then(() => syncTogether(blobs))
    made.set(parent, making)
    making.catch(() => made.delete(parent))
    return making
  }
  const blob = (version: string) => join(blobs, version.slice(0, 2), version)
  return {
    incoming,
    blobs,
    resumable: join(folder, 'resumable'),
    orphans: join(folder, 'orphans'),
    temporary: () => join(incoming, randomUUID()),
    // What comes within one second lies in one folder, and is on disk with one sync of it.
    version: () => {
      const second = Math.floor(Date.now() / 1000) % 256
      return `${second.toString(16).padStart(2, '0')}${randomUUID().slice(2)}`
    },
    blob,
    async adopt(from, version) {
      const target = blob(version)
      const parent = dirname(target)
      await make(parent)
      await rename(from, target).catch(async () => {
        // Somebody took the folder away.
        made.delete(parent)
        await make(parent)
        await rename(from, target)
      })
      await syncTogether(parent)
    },
    giveBack: (version, to) => rename(blob(version), to),
    remove: (version) => rm(blob(version), { force: true }),
  }
}
