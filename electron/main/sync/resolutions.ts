import { Failure, failureCode } from '../../../src/domain/failure.ts'
import { copyInto } from '../../disk/export-file.ts'
import type { RemoteBlob } from '../server/artifact-api.ts'
import type { Read, Send } from '../server/uploads.ts'
import type { BlobStore } from '../store/blobs.ts'
import type { Cache } from '../store/client.ts'
import type { FileRow } from '../store/rows.ts'
import type { SyncEngine } from './cache/engine.ts'
import type { openFolderService } from './folder/index.ts'

/** What a folder is asked for. */
export type FolderPurpose = 'link' | 'copy'

export type ResolutionParts = {
  cache: Cache
  blobs: BlobStore
  engine: SyncEngine
  folders: Awaited<ReturnType<typeof openFolderService>>
  upload: Send
  /** Brings one blob here now. @throws file.not-cached while offline */
  fetch: (file: RemoteBlob) => Promise<void>
  /** Reads what is on this computer, of the cache or of a folder that follows the artifact. */
  copyOf: (file: RemoteBlob) => Promise<Read | null>
  /** Bytes of a blob for whatever is done with them, and verifies them; fetched if need be. */
  withBytes: <Value>(file: RemoteBlob, use: (read: Read) => Promise<Value>) => Promise<Value>
  isOnline: () => boolean
  chooseFolder: (purpose: FolderPurpose) => Promise<string | null>
  changed: (artifactId: string) => void
  signal: AbortSignal
}

const gone = () => new Failure('server.not-found', 'There is no such file any more.')

/** What a person can do about files that sync cannot bring on by itself. */
export const openResolutions = ({
  cache,
  blobs,
  engine,
  folders,
  upload,
  fetch,
  copyOf,
  withBytes,
  isOnline,
  chooseFolder,
  changed,
  signal,
}: ResolutionParts) => {
  const fileOf = async (fileId: string): Promise<FileRow> => {
    const file = await cache.file(fileId)
    if (!file || file.deleted) throw gone()
    return file
  }
  const retryEdit = async (fileId: string, artifactId: string): Promise<void> => {
    const artifact = await cache.artifact(artifactId)
    if (!artifact) throw gone()
    await cache.unblockEdits(fileId)
    const { failure } = await engine.run(artifact.projectId, false)
    const left = await cache.edit(fileId)
    const code = failureCode.safeParse(left?.blocked ?? failure)
    if (left && code.success) throw new Failure(code.data, 'It is parked still.')
  }
  const retry = async (fileId: string): Promise<void> => {
    const edit = await cache.edit(fileId)
    if (edit) return retryEdit(fileId, edit.artifactId)
    const file = await fileOf(fileId).catch(async (error: unknown) => {
      await engine.outbox.arrived(fileId)
      throw error
    })
    if (!(await copyOf(file))) await fetch(file)
    await engine.outbox.arrived(fileId)
  }

  return {
    retry,
    discard: async (fileId: string): Promise<void> => {
      const edit = await cache.edit(fileId)
      if (!edit) return
      if (!(await cache.discardEdit(fileId)))
        throw new Failure('sync.conflict', 'It was edited again, and waits to be sent.')
      await engine.outbox.tell()
      changed(edit.artifactId)
    },
    saveCopy: async (fileId: string): Promise<string | null> => {
      const content = (await cache.edit(fileId)) ?? (await fileOf(fileId))
      const { path, sha256, size } = content
      // Nobody is asked for a place of what cannot come there.
      if (!isOnline() && !(await copyOf(content)))
        throw new Failure('file.not-cached', 'This file is not on this computer.')
      const folder = await chooseFolder('copy')
      if (folder === null) return null
      return withBytes(content, (read) => copyInto(folder, path, read(0, size), sha256))
    },
    canSendAgain: async (fileId: string): Promise<boolean> => {
      const file = await cache.file(fileId)
      return file !== null && !file.deleted && (await copyOf(file)) !== null
    },
    sendAgain: async (fileId: string): Promise<void> => {
      const file = await fileOf(fileId)
      const read = await copyOf(file)
      if (!read) throw new Failure('file.not-cached', 'These bytes are not on this computer.')
      await upload(file, read, signal, () => {})
      if (!(await blobs.has(file.sha256, file.size))) await retry(fileId)
      folders.retryArtifact(file.artifactId)
    },
    /** One after another, until the person stops it or there is no server to ask. */
    runAll: async (): Promise<void> => {
      await folders.retryAll()
      const projects = new Set([
        ...(await cache.outboxProjects()),
        ...(await cache.pins()),
        ...folders.list().map(({ projectId }) => projectId),
      ])
      for (const projectId of projects) {
        const { failure, phase } = await engine.run(projectId, false)
        if (failure === 'sync.cancelled' || phase === 'offline') return
      }
    },
  }
}
