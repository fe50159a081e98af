import { resumeWhileAdvancing } from '../../../../src/transfer/transfer.ts'
import type { ArtifactApi, RemoteBlob } from '../../server/artifact-api.ts'
import type { BlobStore } from '../../store/blobs.ts'

export type DownloaderParts = {
  blobs: BlobStore
  remote: ArtifactApi
  /** Notes that a blob is here; false when it went meanwhile. */
  claim: (sha256: string, size: number) => Promise<boolean>
}

/** Brings blobs here, each resumed after a cut while it advances. */
export const openDownloader = ({ blobs, remote, claim }: DownloaderParts) => {
  const fetchBlob = async (
    file: RemoteBlob,
    signal: AbortSignal,
    progress: (bytes: number) => void,
  ): Promise<void> => {
    do {
      let reached = -1
      await resumeWhileAdvancing(
        () =>
          blobs.receive(
            file,
            (from) => remote.download(file, from, signal),
            (bytes) => {
              reached = Math.max(reached, bytes)
              progress(bytes)
            },
          ),
        () => reached,
      )
    } while (!(await claim(file.sha256, file.size)))
  }

  return {
    /** One blob, now: somebody is waiting to see it. */
    now: (file: RemoteBlob, signal: AbortSignal) => fetchBlob(file, signal, () => {}),
    /** One of many, in its turn. */
    bring: fetchBlob,
  }
}
