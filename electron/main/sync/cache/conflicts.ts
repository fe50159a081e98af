import type { Conflict, Decision } from '../../../../src/contract/folders.ts'
import { Failure } from '../../../../src/domain/failure.ts'
import { conflictOf, foldPath, parseFilePath } from '../../../../src/domain/file-path.ts'
import type { ArtifactApi, RowChange } from '../../server/artifact-api.ts'
import type { Cache } from '../../store/client.ts'
import type { FileRow } from '../../store/rows.ts'

export type ConflictParts = {
  cache: Cache
  remote: ArtifactApi
  /** A pass over the project, so that what was resolved is seen here. */
  refresh: (projectId: string) => Promise<unknown>
}

/** Conflict copies are files like any other, told by their names: everybody in the team sees and may resolve them. */
export const openConflicts = ({ cache, remote, refresh }: ConflictParts) => {
  const live = async (artifactId: string): Promise<FileRow[]> =>
    (await cache.files(artifactId)).filter((file) => !file.deleted)

  return {
    list: async (projectId: string | null): Promise<Conflict[]> => {
      const found: Conflict[] = []
      for (const { id, title } of await cache.artifactsInConflict(projectId)) {
        const files = await live(id)
        const named = new Map(files.map((file) => [foldPath(file.path), file]))
        for (const file of files) {
          const copy = conflictOf(file.path)
          if (!copy) continue
          const original = named.get(foldPath(copy.path))
          found.push({
            artifactId: id,
            title,
            originalId: original?.id ?? null,
            originalRevision: original?.revision ?? null,
            path: copy.path,
            copyId: file.id,
            copyRevision: file.revision,
            copyPath: file.path,
            device: copy.device,
            at: copy.at,
          })
        }
      }
      return found
    },
    /** What was seen is what is decided about: if one of the two is another by now, nothing is done. */
    resolve: async ({ artifactId, copyId, keep, ...seen }: Decision): Promise<void> => {
      const artifact = await cache.artifact(artifactId)
      const files = await live(artifactId)
      const copy = files.find((file) => file.id === copyId)
      const of = copy && conflictOf(copy.path)
      if (!artifact || !copy || !of)
        throw new Failure('server.not-found', 'This conflict is resolved already.')
      if (await cache.edit(copyId))
        throw new Failure('sync.conflict', 'The copy has an edit that was not sent yet.')
      const original = files.find((file) => foldPath(file.path) === foldPath(of.path))
      if (keep === 'copy' && original && (await cache.edit(original.id)))
        throw new Failure('sync.conflict', 'The file has an edit that was not sent yet.')
      if (
        copy.revision !== seen.copyRevision ||
        (original?.id ?? null) !== seen.originalId ||
        (original?.revision ?? null) !== seen.originalRevision
      )
        throw changedMeanwhile()
      const put = (file: FileRow, path: string, bytes = copy): RowChange => ({
        op: 'put',
        file_id: file.id,
        path,
        sha256: bytes.sha256,
        size: bytes.size,
        media_type: bytes.mediaType,
      })
      const letGo: RowChange = { op: 'remove', file_id: copy.id }
      const taken = new Set(files.map((file) => foldPath(file.path)))
      // Put as it is: no change, and a conflict if it is no more what was seen.
      const asSeen = original ? [put(original, original.path, original)] : []
      const changes =
        keep === 'original'
          ? [...asSeen, letGo]
          : !original
            ? [put(copy, of.path)]
            : keep === 'both'
              ? [...asSeen, put(copy, plainName(of.path, taken))]
              : [put(original, original.path), letGo]
      const expected = Object.fromEntries(
        [copy, ...(original ? [original] : [])].map((file) => [file.id, file.revision]),
      )
      const answer = await remote.commit(
        artifactId,
        expected,
        changes,
        new AbortController().signal,
      )
      await refresh(artifact.projectId)
      if (answer.status === 'conflict') throw changedMeanwhile()
    },
  }
}

const changedMeanwhile = (): Failure =>
  new Failure('server.conflict', 'One of them was changed meanwhile. Look at both again.')

/** `name 2.ext`: a name without the word conflict in it. */
const plainName = (path: string, taken: ReadonlySet<string>): string => {
  const slash = path.lastIndexOf('/') + 1
  const dot = path.lastIndexOf('.') > slash ? path.lastIndexOf('.') : path.length
  for (let count = 2; ; count += 1) {
    const name = `${path.slice(0, dot)} ${count}${path.slice(dot)}`
    if (!taken.has(foldPath(name))) return parseFilePath(name)
  }
}
