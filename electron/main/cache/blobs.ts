import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure } from '../../../src/contract/failure.ts'

export type BlobStore = ReturnType<typeof openBlobs>

const diskFailure = (error: unknown): Failure => {
  if (error instanceof Failure) return error
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Failure('disk.full', 'The disk is full.', { cause: error })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new Failure('disk.denied', 'The cache folder cannot be written.', { cause: error })
  throw error
}

/** POSIX: a rename is durable once its folder is. Windows cannot open folders. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

/** Bytes by their SHA-256, each whole and verified before it bears its name. */
export const openBlobs = (folder: string) => {
  const pathOf = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256)

  const finish = async (handle: FileHandle, draft: string, sha256: string): Promise<void> => {
    await handle.sync()
    await handle.close()
    await rename(draft, pathOf(sha256))
    await syncFolder(dirname(pathOf(sha256)))
  }

  return {
    pathOf,
    has: async (sha256: string, size: number): Promise<boolean> =>
      stat(pathOf(sha256)).then(
        (entry) => entry.size === size,
        () => false,
      ),
    read: (sha256: string): Promise<Buffer> => readFile(pathOf(sha256)),
    stream: (sha256: string, start: number, end: number) =>
      createReadStream(pathOf(sha256), { start, end, highWaterMark: 256 * 1024 }),
    remove: (sha256: string) => rm(pathOf(sha256), { force: true }),

    /** Keeps bytes that are already here; answers their hash. */
    put: async (bytes: Uint8Array): Promise<{ sha256: string; size: number }> => {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const draft = `${pathOf(sha256)}.${randomUUID()}.draft`
      try {
        await mkdir(dirname(draft), { recursive: true })
        const handle = await open(draft, 'w')
        await handle.writeFile(bytes)
        await finish(handle, draft, sha256)
        return { sha256, size: bytes.byteLength }
      } catch (error) {
        await rm(draft, { force: true })
        throw diskFailure(error)
      }
    },

    /**
     * Receives a blob of a known hash. What an earlier cut transfer left is hashed again and asked on
     * from its end; bytes that do not hash to their name never bear it.
     */
    receive: async (
      wanted: { sha256: string; size: number },
      ask: (from: number) => Promise<{ from: number; body: AsyncIterable<Uint8Array> }>,
      progress: (bytes: number) => void,
    ): Promise<void> => {
      const draft = `${pathOf(wanted.sha256)}.part`
      let handle: FileHandle | null = null
      try {
        await mkdir(dirname(draft), { recursive: true })
        const hash = createHash('sha256')
        const kept = await stat(draft).then(
          (entry) => entry.size,
          () => 0,
        )
        handle = await open(draft, kept > 0 ? 'r+' : 'w')
        const { from, body } = await ask(kept < wanted.size ? kept : 0)
        if (from > 0)
          for await (const chunk of createReadStream(draft, { end: from - 1 })) hash.update(chunk)
        await handle.truncate(from)
        let done = from
        progress(done)
        for await (const chunk of body) {
          if (done + chunk.byteLength > wanted.size)
            throw new Failure('file.hash-mismatch', 'The server sent too many bytes.')
          hash.update(chunk)
          await handle.write(chunk, 0, chunk.byteLength, done)
          done += chunk.byteLength
          progress(done)
        }
        if (done < wanted.size) throw new Failure('network.offline', 'The transfer was cut.')
        if (hash.digest('hex') !== wanted.sha256) {
          await handle.truncate(0)
          throw new Failure(
            'file.hash-mismatch',
            'The bytes are not what the server’s row promises.',
          )
        }
        await finish(handle, draft, wanted.sha256)
        handle = null
      } catch (error) {
        await handle?.close()
        const failure = diskFailure(error)
        // What arrived is worth keeping after a cut, not after a lie or on a full disk.
        if (failure.code === 'file.hash-mismatch' || failure.code === 'disk.full')
          await rm(draft, { force: true })
        throw failure
      }
    },
  }
}
