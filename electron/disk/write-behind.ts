import type { FileHandle } from 'node:fs/promises'

/** Bytes that are written together: each write is a trip to another thread. */
const batchBytes = 1024 * 1024
/** Milliseconds that bytes wait for others at most: a slow line brings few of them, and they are dear. */
const maxWaitMs = 500
/** Bytes after which the system is asked to bring what it has to the disk, so that the end need not wait for all. */
const maxAheadBytes = 32 * 1024 * 1024

/**
 * Appends to a file while its next bytes come: at most one write is under way, and what fails is told by whatever
 * comes next.
 */
export const writeBehind = (handle: FileHandle) => {
  let chunks: Uint8Array[] = []
  let size = 0
  let since = 0
  let unsynced = 0
  let writing: Promise<void> = Promise.resolve()
  let syncing: Promise<void> | null = null
  /** The system tells of a page that it could not write once: who asks again hears that all is well. */
  let failure: { error: unknown } | null = null

  const writeAll = async (parts: readonly Uint8Array[]): Promise<void> => {
    const { bytesWritten } = await handle.writev(parts)
    const bytes = parts.reduce((sum, { byteLength }) => sum + byteLength, 0)
    // A write may be short (a disk that fills up).
    if (bytesWritten < bytes) {
      const rest = Buffer.concat(parts).subarray(bytesWritten)
      for (let done = 0; done < rest.byteLength; )
        done += (await handle.write(rest, done, rest.byteLength - done)).bytesWritten
    }
    unsynced += bytes
    if (unsynced < maxAheadBytes || syncing) return
    unsynced = 0
    syncing = handle
      .datasync()
      .catch((error: unknown) => {
        failure ??= { error }
      })
      .finally(() => {
        syncing = null
      })
  }
  const flush = async (): Promise<void> => {
    const parts = chunks
    chunks = []
    size = 0
    await writing
    if (parts.length === 0) return
    writing = writeAll(parts)
    // Awaited by the next flush; until then nobody else is to be told.
    writing.catch(() => {})
  }

  return {
    /** @throws what an earlier write failed with */
    add: async (bytes: Uint8Array): Promise<void> => {
      if (size === 0) since = performance.now()
      chunks.push(bytes)
      size += bytes.byteLength
      if (size >= batchBytes || performance.now() - since > maxWaitMs) await flush()
    },
    /** All of it is in the file, though not yet on the disk for certain. @throws what a write or a sync failed with */
    end: async (): Promise<void> => {
      await flush()
      await writing
      await syncing
      if (failure) throw failure.error
    },
    /** Forgets what is not written yet, and what failed. */
    drop: async (): Promise<void> => {
      chunks = []
      size = 0
      await writing.catch(() => {})
      writing = Promise.resolve()
      await syncing
      failure = null
    },
  }
}
