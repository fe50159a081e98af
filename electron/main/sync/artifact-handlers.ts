import type { Argument, HandlersOf } from '../../../src/contract/table.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { previewUrl } from '../preview/preview.ts'
import type { ArtifactApi } from '../server/artifact-api.ts'
import type { Cache } from '../store/client.ts'
import type { openConflicts } from './cache/conflicts.ts'
import type { openFiles } from './cache/files.ts'

export type ArtifactHandlerOptions = {
  cache: Cache
  files: ReturnType<typeof openFiles>
  conflicts: ReturnType<typeof openConflicts>
  remote: Pick<ArtifactApi, 'makeArtifact'>
  /** Asks the server what a project has, into the cache. @throws Failure */
  refresh: (projectId: string, signal: AbortSignal) => Promise<void>
  isOnline: () => boolean
  changed: (artifactId: string) => void
  made: (projectId: string, artifactId: string) => void
}

/** Milliseconds that the server has to show what it made. */
const refreshTimeoutMs = 20_000

/** Artifacts and their files as they are on this computer. */
export const openArtifactHandlers = (options: ArtifactHandlerOptions) => {
  const { cache, files, conflicts, remote } = options

  const writes = new Set<Promise<unknown>>()
  /** What a person wrote comes to its end, whoever closes meanwhile. */
  const kept = <Value>(work: Promise<Value>): Promise<Value> => {
    const ended = work.finally(() => writes.delete(ended))
    writes.add(ended)
    return ended
  }
  const keepDraft = async ({ fileId, artifactId, draft, at }: Argument<'artifacts.keepDraft'>) => {
    if (await cache.keepDraft(fileId, artifactId, draft, at ?? null)) options.changed(artifactId)
  }
  /** It is known here, too, when this has resolved. */
  const make = async (artifact: Argument<'artifacts.make'>): Promise<void> => {
    if (!options.isOnline()) throw new Failure('network.offline', 'The server makes artifacts.')
    await remote.makeArtifact(artifact)
    await options.refresh(artifact.projectId, AbortSignal.timeout(refreshTimeoutMs))
    if (!(await cache.artifact(artifact.id)))
      throw new Failure('server.unexpected-answer', 'The server does not show what it made.')
    options.made(artifact.projectId, artifact.id)
  }

  const handlers: HandlersOf<'artifacts'> = {
    'artifacts.list': ({ projectId }) => files.artifacts(projectId),
    'artifacts.files': ({ artifactId }) => files.files(artifactId),
    'artifacts.read': ({ artifactId, fileId }) => files.read(fileId, artifactId),
    'artifacts.readVersion': (version) => files.readVersion(version),
    'artifacts.edit': ({ baseSha256, at, ...change }) =>
      kept(files.edit(change, baseSha256 ?? null, at ?? null)),
    'artifacts.draft': ({ fileId }) => cache.draft(fileId),
    'artifacts.keepDraft': (word) => kept(keepDraft(word)),
    'artifacts.create': ({ artifactId, path, text }) => kept(files.create(artifactId, path, text)),
    'artifacts.make': make,
    'artifacts.previewUrl': async ({ artifactId, path, version }) =>
      previewUrl(artifactId, path, version),
    'artifacts.search': async ({ query, projectId, atMost }) =>
      cache.search(query, projectId, atMost),
    'artifacts.conflicts': ({ projectId }) => conflicts.list(projectId),
    'artifacts.resolveConflict': conflicts.resolve,
  }

  return {
    handlers,
    make,
    /** What a person wrote is durable, or came to nothing. */
    finish: async (): Promise<void> => {
      await Promise.allSettled(writes)
    },
  }
}
