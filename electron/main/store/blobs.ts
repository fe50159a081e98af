import { createHash, randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { Failure } from '../../../src/domain/failure.ts'
import { checkedSha256, sha256Form } from '../../../src/domain/sha256.ts'
import { type Files, type OpenFile, realFiles } from './files.ts'

export type BlobStore = ReturnType<typeof openBlobs>
export type Wanted = { sha256: string; size: number }
/** Bytes from an offset on; the server may start over, so it says from where. Throws Failure only. */
export type Ask = (from: number) => Promise<{ from: number; body: AsyncIterable<Uint8Array> }>

const diskFailure = (error: unknown): Failure => {
  if (error instanceof Failure) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Failure('disk.full', 'The disk is full.', { cause: error })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new Failure('disk.denied', 'The cache folder cannot be written.', { cause: error })
  return new Failure('disk.unreadable', `The cache folder failed (${code || 'unknown'}).`, {
    cause: error,
  })
}

/** What is not there yet is empty; what cannot be read is not. */
const unlessMissing = (error: unknown): string[] => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
  throw diskFailure(error)
}

/** A write may be short (a disk that fills up); a file with a hole would bear a right hash. */
const writeWhole = async (handle: OpenFile, bytes: Uint8Array, at: number): Promise<void> => {
  for (let done = 0; done < bytes.byteLength; )
    done += await handle.write(bytes.subarray(done), at + done)
}

/** Bytes by their SHA-256, each whole and verified before it bears its name. */
export const openBlobs = (
  folder: string,
  files: Files = realFiles,
  newId: () => string = randomUUID,
) => {
  /** Whatever a row says: what is not a hash names no file. */
  const pathOf = (sha256: string): string => {
    const name = checkedSha256(sha256)
    return join(folder, name.slice(0, 2), name)
  }
  const receiving = new Map<string, Promise<void>>()
  /** Hashes of beginnings: all that there were when the folders were listed, and those begun since. */
  const begun = new Set<string>()
  let listing: Promise<void> | null = null
  const listBegun = async (): Promise<void> => {
    for (const shard of await files.list(folder).catch(unlessMissing))
      for (const name of await files.list(join(folder, shard)).catch(unlessMissing))
        if (name.endsWith('.part') && sha256Form.test(name.slice(0, -5)))
          begun.add(name.slice(0, -5))
  }
  /** Once; where the disk could not say, when somebody asks again. */
  const knowBegun = (): Promise<void> => {
    listing ??= listBegun().catch(() => {
      listing = null
    })
    return listing
  }

  const has = (sha256: string, size: number): Promise<boolean> =>
    files.size(pathOf(sha256)).then(
      (there) => there === size,
      () => false,
    )

  /** A blob in memory. @throws file.hash-mismatch when the disk did not keep it. */
  const read = async (sha256: string): Promise<Buffer> => {
    const bytes = await files.read(pathOf(sha256)).catch((error: unknown) => {
      throw diskFailure(error)
    })
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw new Failure('file.hash-mismatch', 'The disk did not keep these bytes.')
    return bytes
  }

  const holds = async (sha256: string, size: number): Promise<boolean> =>
    (await has(sha256, size)) &&
    read(sha256).then(
      () => true,
      () => false,
    )

  const finish = async (handle: OpenFile, draft: string, sha256: string): Promise<void> => {
    await handle.sync()
    await handle.close()
    await files.rename(draft, pathOf(sha256))
    await files.syncFolder(dirname(pathOf(sha256)))
  }

  /** Answers whether the bytes were right; those that were not are gone. */
  const fill = async (
    handle: OpenFile,
    draft: string,
    wanted: Wanted,
    { from, body }: Awaited<ReturnType<Ask>>,
    progress: (bytes: number) => void,
  ): Promise<boolean> => {
    const hash = createHash('sha256')
    if (from > 0) for await (const chunk of files.stream(draft, 0, from - 1)) hash.update(chunk)
    await handle.truncate(from)
    let done = from
    progress(done)
    for await (const chunk of body) {
      if (done + chunk.byteLength > wanted.size) {
        await handle.truncate(0)
        return false
      }
      hash.update(chunk)
      await writeWhole(handle, chunk, done)
      done += chunk.byteLength
      progress(done)
    }
    if (done < wanted.size) throw new Failure('network.offline', 'The transfer was cut.')
    if (hash.digest('hex') === wanted.sha256) return true
    await handle.truncate(0)
    return false
  }

  const receiveOnce = async (
    wanted: Wanted,
    ask: Ask,
    progress: (bytes: number) => void,
  ): Promise<void> => {
    const draft = `${pathOf(wanted.sha256)}.part`
    let handle: OpenFile | null = null
    try {
      await files.makeFolder(dirname(draft))
      begun.add(wanted.sha256)
      const kept = await files.size(draft).catch(() => 0)
      const from = kept < wanted.size ? kept : 0
      handle = await files.open(draft, kept > 0 ? 'r+' : 'w')
      let offer = await ask(from)
      let right = await fill(handle, draft, wanted, offer, progress)
      // What was kept may have been wrong from its beginning: once more, whole.
      if (!right && offer.from > 0) {
        offer = await ask(0)
        right = await fill(handle, draft, wanted, offer, progress)
      }
      if (!right)
        throw new Failure('file.hash-mismatch', 'The bytes are not what the server’s row promises.')
      await finish(handle, draft, wanted.sha256)
      handle = null
    } catch (error) {
      await handle?.close().catch(() => {})
      const failure = diskFailure(error)
      // What arrived is worth keeping after a cut, not after a lie or on a full disk.
      if (['file.hash-mismatch', 'server.unexpected-answer', 'disk.full'].includes(failure.code))
        await files.remove(draft).catch(() => {})
      throw failure
    }
  }

  return {
    pathOf,
    has,

    /** Bytes `from` to `to` (exclusive). Throws Failure only. */
    async *bytes(sha256: string, from: number, to: number): AsyncGenerator<Uint8Array> {
      if (to <= from) return
      try {
        yield* files.stream(pathOf(sha256), from, to - 1)
      } catch (error) {
        throw diskFailure(error)
      }
    },

    read,
    remove: (sha256: string) => files.remove(pathOf(sha256)),

    /** Beginnings that a cut left, for the next try to go on with; the longest untouched first. */
    unfinished: async (): Promise<(Wanted & { modifiedAt: number })[]> => {
      await knowBegun()
      const found: (Wanted & { modifiedAt: number })[] = []
      for (const sha256 of begun) {
        const path = `${pathOf(sha256)}.part`
        const size = await files.size(path).catch(() => null)
        const modifiedAt = await files.modifiedAt(path).catch(() => 0)
        if (size !== null) found.push({ sha256, size, modifiedAt })
        // Whole by now, or gone; whoever receives it says so again.
        else if (!receiving.has(sha256)) begun.delete(sha256)
      }
      return found.sort((a, b) => a.modifiedAt - b.modifiedAt)
    },
    /** @throws when the disk refuses; what is being received just now stays. */
    removeUnfinished: async (sha256: string): Promise<void> => {
      if (!receiving.has(sha256)) await files.remove(`${pathOf(sha256)}.part`)
    },

    /** Every blob here; what a crash left half-made by `put` is removed on the way. */
    list: async (): Promise<Wanted[]> => {
      const found: Wanted[] = []
      for (const shard of await files.list(folder).catch(unlessMissing)) {
        if (shard.length !== 2) continue
        for (const name of await files.list(join(folder, shard)).catch(unlessMissing)) {
          const path = join(folder, shard, name)
          if (name.endsWith('.draft')) await files.remove(path).catch(() => {})
          else if (sha256Form.test(name)) found.push({ sha256: name, size: await files.size(path) })
        }
      }
      return found
    },

    /** Removes every blob but these, and every unfinished transfer. */
    clear: async (keep: ReadonlySet<string>): Promise<void> => {
      for (const shard of await files.list(folder).catch(() => []))
        for (const name of await files.list(join(folder, shard)).catch(() => []))
          if (!keep.has(name)) await files.remove(join(folder, shard, name))
    },

    /** Keeps bytes that are already here; answers their hash. */
    put: async (bytes: Uint8Array): Promise<Wanted> => {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const size = bytes.byteLength
      const draft = `${pathOf(sha256)}.${newId()}.draft`
      try {
        // Of the right size is not yet right: these bytes may be the only ones there are.
        if (await holds(sha256, size)) {
          // An earlier run may have ended between giving the name and making it durable.
          await files.syncFolder(dirname(draft))
          return { sha256, size }
        }
        await files.makeFolder(dirname(draft))
        const handle = await files.open(draft, 'w')
        try {
          await writeWhole(handle, bytes, 0)
          await finish(handle, draft, sha256)
        } finally {
          await handle.close().catch(() => {})
        }
        return { sha256, size }
      } catch (error) {
        await files.remove(draft).catch(() => {})
        throw diskFailure(error)
      }
    },

    /** The same of bytes that are read piece by piece, and may be more than fit into memory. */
    keep: async (source: AsyncIterable<Uint8Array>): Promise<Wanted> => {
      // In a folder of blobs, where the next start finds and removes what a crash left.
      const draft = join(folder, '00', `${newId()}.draft`)
      try {
        await files.makeFolder(dirname(draft))
        const handle = await files.open(draft, 'w')
        const hash = createHash('sha256')
        let size = 0
        try {
          for await (const piece of source) {
            hash.update(piece)
            await writeWhole(handle, piece, size)
            size += piece.byteLength
          }
          const sha256 = hash.digest('hex')
          await files.makeFolder(dirname(pathOf(sha256)))
          await finish(handle, draft, sha256)
          return { sha256, size }
        } finally {
          await handle.close().catch(() => {})
        }
      } catch (error) {
        await files.remove(draft).catch(() => {})
        throw diskFailure(error)
      }
    },

    /**
     * Receives a blob of a known hash. What an earlier cut transfer left is hashed again and asked on
     * from its end; bytes that do not hash to their name never bear it. One receiver per blob: a second
     * waits for the first and only starts its own when that one failed.
     */
    receive: async (wanted: Wanted, ask: Ask, progress: (bytes: number) => void): Promise<void> => {
      const before = receiving.get(wanted.sha256) ?? Promise.resolve()
      const work = before
        .catch(() => {})
        .then(async () => {
          if (await has(wanted.sha256, wanted.size)) progress(wanted.size)
          else await receiveOnce(wanted, ask, progress)
        })
      receiving.set(wanted.sha256, work)
      await work.finally(() => {
        if (receiving.get(wanted.sha256) === work) receiving.delete(wanted.sha256)
      })
    },
  }
}
