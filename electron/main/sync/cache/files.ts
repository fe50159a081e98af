import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type {
  ArtifactFile,
  ArtifactSummary,
  EarlierVersion,
  FileContent,
} from '../../../../src/contract/artifacts.ts'
import type { Turn } from '../../../../src/domain/drafts.ts'
import { asFailure, Failure } from '../../../../src/domain/failure.ts'
import { foldPath, parseNewFilePath, refusalOf } from '../../../../src/domain/file-path.ts'
import { maxTextBytes } from '../../../../src/domain/limits.ts'
import { isText, mayBeText, mediaTypeOf } from '../../../../src/domain/media-type.ts'
import { decodeText, encodeText, type TextEncoding } from '../../../../src/domain/text-encoding.ts'
import type { LinkedCopies } from '../../../../src/sync/linked-copies.ts'
import type { Time } from '../../../../src/transfer/clock.ts'
import type { PreviewSource } from '../../preview/preview.ts'
import type { RemoteBlob } from '../../server/artifact-api.ts'
import type { Read } from '../../server/uploads.ts'
import type { BlobStore } from '../../store/blobs.ts'
import type { Cache } from '../../store/client.ts'
import {
  type Attributes,
  type FileRow,
  type NewEdit,
  noAttributes,
  unblocked,
  unsent,
} from '../../store/rows.ts'
import type { openQuota } from './quota.ts'

export type FilesParts = {
  cache: Cache
  blobs: BlobStore
  quota: ReturnType<typeof openQuota>
  /** What lies in linked folders is on this computer: it is read there, and not kept twice. */
  copies: Pick<LinkedCopies, 'holding'>
  /** What lies in linked folders by now is known to the cache then. */
  hearOfCopies: () => Promise<void>
  time: Time
  newId: () => string
  /** Brings one blob here now. @throws file.not-cached while offline */
  fetch: (file: RemoteBlob) => Promise<void>
  /** An edit is durable and waits. */
  queued: (artifactId: string) => Promise<void>
}

const summary = (
  file: FileRow | null,
  edit: NewEdit | null,
  here: boolean,
  hasDraft = false,
): ArtifactFile => {
  const shown = edit ? { ...edit, id: edit.fileId } : file
  if (!shown) throw new Failure('server.not-found', 'There is no such file.')
  return {
    id: shown.id,
    artifactId: shown.artifactId,
    path: shown.path,
    mediaType: shown.mediaType,
    size: shown.size,
    sha256: shown.sha256,
    revision: file?.revision ?? 0,
    isMain: file?.isMain === 1,
    state: edit ? (edit.blocked ? 'blocked' : 'edited') : here ? 'cached' : 'remote',
    hasDraft,
  }
}

/** Files as they are on this computer: the server's, with the edits made here over them. */
export const openFiles = ({
  cache,
  blobs,
  quota,
  copies,
  hearOfCopies,
  time,
  newId,
  fetch,
  queued,
}: FilesParts) => {
  const now = (): string => new Date(time.now()).toISOString()

  const kept =
    ({ sha256 }: RemoteBlob): Read =>
    (from, to) =>
      blobs.bytes(sha256, from, to)
  /** Reads what is on this computer: a kept copy, else that of a linked folder. */
  const copyOf = async (file: RemoteBlob): Promise<Read | null> =>
    (await quota.has(file.sha256, file.size))
      ? kept(file)
      : copies.holding(file.artifactId, file.sha256)
  /** Its bytes are on this computer afterwards. */
  const here = async (content: RemoteBlob): Promise<Read> => {
    const copy = await copyOf(content)
    if (!copy) await fetch(content)
    return copy ?? kept(content)
  }

  /** What is here of a file: the edit if there is one, else the server's bytes, fetched if need be. */
  const contentOf = async (fileId: string, artifactId: string) => {
    const edit = await cache.edit(fileId)
    const content = edit ?? (await cache.file(fileId))
    if (!content || ('deleted' in content && content.deleted) || content.artifactId !== artifactId)
      throw new Failure('server.not-found', 'There is no such file.')
    await here(content)
    return content
  }

  /** What `use` does with bytes, which it verifies; those the disk did not keep are fetched again. */
  const withBytes = async <Value>(
    file: RemoteBlob,
    use: (read: Read) => Promise<Value>,
  ): Promise<Value> => {
    if (!(await quota.has(file.sha256, file.size))) {
      const linked = await copies.holding(file.artifactId, file.sha256)
      if (linked)
        try {
          return await use(linked)
        } catch (error) {
          // Somebody works in the folder: what the server has is there still.
          const { code } = asFailure(error)
          if (code !== 'file.changed-while-reading' && code !== 'file.hash-mismatch') throw error
        }
      await fetch(file)
    }
    try {
      return await use(kept(file))
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'file.hash-mismatch') throw error
      // Of an edit these are the only bytes there are: whoever mends the disk finds them.
      if ((await cache.outbox()).some((edit) => edit.sha256 === file.sha256))
        throw new Failure('disk.unreadable', 'The disk did not keep an edit that was not sent.', {
          cause: error,
        })
      await blobs.remove(file.sha256)
      await cache.removeBlob(file.sha256)
      await fetch(file)
      return use(kept(file))
    }
  }
  const bytesOf = (file: RemoteBlob): Promise<Buffer> =>
    withBytes(file, async (read) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of read(0, file.size)) chunks.push(chunk)
      const bytes = Buffer.concat(chunks)
      if (createHash('sha256').update(bytes).digest('hex') !== file.sha256)
        throw new Failure('file.hash-mismatch', 'The disk did not keep these bytes.')
      return bytes
    })

  const shown = async (content: EarlierVersion, type: string): Promise<FileContent> => {
    const { sha256, size } = content
    const text =
      mayBeText(type) && size <= maxTextBytes
        ? decodeText(await bytesOf(content), isText(type))
        : null
    return text === null ? { kind: 'binary', size, sha256 } : { kind: 'text', ...text, sha256 }
  }
  /** Earlier versions that somebody looked at since the start; a preview may ask for no others. */
  const looked = new Map<string, EarlierVersion>()
  const versionKey = (artifactId: string, sha256: string): string => `${artifactId} ${sha256}`

  const keep = async (text: string, encoding: TextEncoding = 'utf-8') => {
    const bytes = encodeText(text, encoding)
    if (!bytes)
      throw new Failure('file.not-in-encoding', 'The encoding has no sign for a letter of it.')
    const blob = await blobs.put(bytes)
    await cache.addBlob(blob.sha256, blob.size)
    return blob
  }

  return {
    copyOf,
    withBytes,
    artifacts: async (projectId: string): Promise<ArtifactSummary[]> => {
      await hearOfCopies()
      const rows = await cache.artifacts(projectId)
      return rows.map((row) => ({ ...row, isPublic: row.isPublic === 1 }))
    },
    files: async (artifactId: string): Promise<ArtifactFile[]> => {
      await hearOfCopies()
      const [files, outbox, hashes, draftIds] = await Promise.all([
        cache.files(artifactId),
        cache.outboxOf(artifactId),
        cache.hereIn(artifactId),
        cache.draftsOf(artifactId),
      ])
      const drafts = new Set(draftIds)
      const here = new Set(hashes)
      const edits = new Map(outbox.map((edit) => [edit.fileId, edit]))
      const known = new Set(files.map(({ id }) => id))
      return [
        ...files
          .filter((file) => !file.deleted || edits.has(file.id) || drafts.has(file.id))
          .map((file) =>
            summary(file, edits.get(file.id) ?? null, here.has(file.sha256), drafts.has(file.id)),
          ),
        ...[...edits.values()]
          .filter((edit) => !known.has(edit.fileId))
          .map((edit) => summary(null, edit, true, drafts.has(edit.fileId))),
      ]
    },

    read: async (fileId: string, artifactId: string): Promise<FileContent> => {
      const content = await contentOf(fileId, artifactId)
      return shown(
        content,
        isText(content.mediaType) ? content.mediaType : mediaTypeOf(content.path),
      )
    },

    readVersion: async (version: EarlierVersion): Promise<FileContent> => {
      const { artifactId, sha256, path } = version
      await here(version)
      looked.set(versionKey(artifactId, sha256), version)
      return shown(version, mediaTypeOf(path))
    },

    edit: async (
      change: {
        artifactId: string
        fileId: string
        text: string
        encoding?: TextEncoding | undefined
      },
      seen: string | null,
      at: Turn | null = null,
    ): Promise<ArtifactFile> => {
      const { artifactId, fileId, text, encoding } = change
      const saved = await quota.holding(async () =>
        cache.saveEdit({ fileId, artifactId, ...(await keep(text, encoding)) }, seen, now(), at),
      )
      await queued(artifactId)
      return summary(saved.file, saved.edit, true)
    },

    create: async (artifactId: string, wanted: string, text: string): Promise<ArtifactFile> => {
      const path = parseNewFilePath(wanted)
      if (!(await cache.artifact(artifactId)))
        throw new Failure('server.not-found', 'This artifact is not known on this computer.')
      const [files, edits] = await Promise.all([
        cache.files(artifactId),
        cache.outboxOf(artifactId),
      ])
      const taken = [...files.filter((file) => !file.deleted), ...edits]
      if (taken.some((other) => foldPath(other.path) === foldPath(path)))
        throw new Failure('file.name-collision', 'There is a file of this name already.')
      const edit = await quota.holding(async () => {
        const queued: NewEdit = {
          fileId: newId(),
          artifactId,
          path,
          mediaType: mediaTypeOf(path),
          ...(await keep(text)),
          baseRevision: 0,
          queuedAt: now(),
          ...unblocked,
          ...unsent,
          ...noAttributes,
        }
        await cache.queueNew(queued)
        return queued
      })
      await queued(artifactId)
      return summary(null, edit, true)
    },

    /**
     * Bytes of this computer become a file, new or in the place of one; once it has resolved they are durable and
     * queued. What has the very bytes under the name that was wanted stays as it is.
     */
    take: async (
      target: { artifactId: string; path: string; wanted: string; replaces: string | null },
      source: AsyncIterable<Uint8Array>,
      /** Of the file that was read; what takes the place of another closes it or lets it be run, and no more. */
      attributes: () => Attributes,
    ): Promise<void> => {
      const { artifactId, path, wanted, replaces } = target
      await quota.holding(async () => {
        const blob = await blobs.keep(source)
        await cache.addBlob(blob.sha256, blob.size)
        if ((await cache.fileAt(artifactId, wanted))?.sha256 === blob.sha256) return
        const { isExecutable, isOwnerOnly, modifiedAt } = attributes()
        if (replaces !== null) {
          const more = {
            isExecutable: isExecutable || null,
            isOwnerOnly: isOwnerOnly || null,
            modifiedAt,
          }
          const edit = { fileId: replaces, artifactId, ...blob, ...more }
          return void (await cache.saveEdit(edit, null, now()))
        }
        const { sha256, size } = blob
        await cache.queueNew({
          fileId: newId(),
          artifactId,
          path,
          mediaType: mediaTypeOf(path),
          sha256,
          size,
          baseRevision: 0,
          queuedAt: now(),
          ...unblocked,
          ...unsent,
          isExecutable,
          isOwnerOnly,
          modifiedAt,
        })
      })
    },
    /** Those that were taken are on their way. */
    taken: queued,

    preview: {
      find: async (artifactId, asked, version) => {
        if (version === null && refusalOf(asked.normalize('NFC')) !== null) return null
        const content =
          version === null
            ? await cache.fileAt(artifactId, asked)
            : looked.get(versionKey(artifactId, version))
        if (!content) return null
        const read = await here(content)
        return {
          sha256: content.sha256,
          size: content.size,
          path: content.path,
          stream: (start, end) => Readable.from(read(start, end + 1), { objectMode: false }),
        }
      },
    } satisfies PreviewSource,
  }
}
