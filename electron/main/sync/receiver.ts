import PQueue from 'p-queue'
import { asFailure, type Failure } from '../../../src/contract/failure.ts'
import type { BlobStore } from '../cache/blobs.ts'
import type { Remote, RemoteBlob } from './remote.ts'

export type ReceiverParts = {
  blobs: BlobStore
  remote: Remote
  /** Notes that a blob is here; false when it went meanwhile. */
  claim: (sha256: string, size: number) => Promise<boolean>
}

/** Bytes; above it a file goes through the narrower lane. */
const smallFile = 256 * 1024

/** Brings blobs here: eight small and three large at once, each resumed after a cut while it advances. */
export const openReceiver = ({ blobs, remote, claim }: ReceiverParts) => {
  const small = new PQueue({ concurrency: 8 })
  const large = new PQueue({ concurrency: 3 })

  const fetchBlob = async (
    file: RemoteBlob,
    signal: AbortSignal,
    progress: (bytes: number) => void,
  ): Promise<void> => {
    let reached = -1
    for (;;) {
      const before = reached
      try {
        await blobs.receive(
          file,
          (from) => remote.download(file, from, signal),
          (bytes) => {
            reached = Math.max(reached, bytes)
            progress(bytes)
          },
        )
        if (await claim(file.sha256, file.size)) return
        reached = -1
      } catch (error) {
        const failure = asFailure(error)
        if (!failure.code.startsWith('network.') || reached <= before) throw failure
      }
    }
  }

  return {
    /** One blob, now: somebody is waiting to see it. */
    now: (file: RemoteBlob, signal: AbortSignal) => fetchBlob(file, signal, () => {}),
    /** In its turn. Resolves with what went wrong, if anything; skipped once `stop` says so. */
    inTurn: async (
      file: RemoteBlob,
      signal: AbortSignal,
      stop: () => boolean,
      progress: (bytes: number) => void,
    ): Promise<Failure | 'skipped' | null> =>
      (file.size <= smallFile ? small : large).add(async () => {
        if (signal.aborted || stop()) return 'skipped'
        return fetchBlob(file, signal, progress).then(
          () => null,
          (error: unknown) => asFailure(error),
        )
      }),
  }
}
