import { z } from 'zod'
import { filePath, title } from '../domain/fields.ts'
import { maxPathLetters, maxTextBytes } from '../domain/limits.ts'
import { textEncodings } from '../domain/text-encoding.ts'
import { conflict, decision } from './folders.ts'
import { accountRequest, event, nothing } from './ipc.ts'

/** Where the bytes of a file are: on this computer, only at the server, or edited here and not yet sent. */
export const fileState = z.enum(['cached', 'remote', 'edited', 'blocked'])

export const artifactFile = z.object({
  id: z.uuid(),
  artifactId: z.uuid(),
  path: z.string(),
  mediaType: z.string(),
  /** Bytes. */
  size: z.number().int().nonnegative(),
  sha256: z.string(),
  revision: z.number().int().nonnegative(),
  isMain: z.boolean(),
  state: fileState,
  /** Something is typed in it and not saved. */
  hasDraft: z.boolean(),
})
export type ArtifactFile = z.infer<typeof artifactFile>

/** What is typed and not saved, and the SHA-256 of the text it began with. */
export const draft = z.object({
  text: z.string().max(maxTextBytes),
  base: z.string().length(64),
})
export type Draft = z.infer<typeof draft>

/** Which of a window's words about a file this is, so that the order they arrive in does not matter. */
export const draftTurn = z.object({ writer: z.uuid(), turn: z.number().int().nonnegative() })

export const textEncoding = z.enum(textEncodings)

export const artifactSummary = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  title: z.string(),
  description: z.string().nullable(),
  kind: z.string(),
  status: z.string(),
  isPublic: z.boolean(),
  updatedAt: z.string(),
  fileCount: z.number().int().nonnegative(),
  /** Sum of the sizes of all files, bytes. */
  size: z.number().int().nonnegative(),
  /** Files whose bytes are on this computer, in a linked folder or kept for the application. */
  cachedCount: z.number().int().nonnegative(),
})
export type ArtifactSummary = z.infer<typeof artifactSummary>

export const searchHit = z.object({
  artifactId: z.uuid(),
  projectId: z.uuid(),
  title: z.string(),
  kind: z.string(),
})

/** A file as it was once: its name of then, and the bytes by their hash. */
export const earlierVersion = z.object({
  artifactId: z.uuid(),
  path: filePath,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.number().int().nonnegative(),
})
export type EarlierVersion = z.infer<typeof earlierVersion>

export const fileContent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('text'),
    /** Its line ends as they are in the file, without a mark. */
    text: z.string(),
    sha256: z.string(),
    encoding: textEncoding,
    /** Whether it can be written as it was read. */
    isExact: z.boolean(),
  }),
  /** Shown by URL: images and anything else the preview origin can render. */
  z.object({ kind: z.literal('binary'), size: z.number().int().nonnegative(), sha256: z.string() }),
])
export type FileContent = z.infer<typeof fileContent>

export const artifactRequests = {
  /** From the local cache; never touches the network. */
  'artifacts.list': accountRequest(z.object({ projectId: z.uuid() }), z.array(artifactSummary)),
  'artifacts.files': accountRequest(z.object({ artifactId: z.uuid() }), z.array(artifactFile)),
  /** Reads a cached file; fetches and caches it first when it is not on this computer. */
  'artifacts.read': accountRequest(
    z.object({ artifactId: z.uuid(), fileId: z.uuid() }),
    fileContent,
  ),
  /** The same of what a file was once. @throws file.not-cached when there is no server to ask */
  'artifacts.readVersion': accountRequest(earlierVersion, fileContent),
  /** Saves an edit on this computer and queues it; the answer comes once it is durable. */
  'artifacts.edit': accountRequest(
    z.object({
      artifactId: z.uuid(),
      fileId: z.uuid(),
      text: z.string().max(maxTextBytes),
      /** Hash of the text the person began with: bytes that came meanwhile are then kept beside. */
      baseSha256: z.string().length(64).optional(),
      /** UTF-8 when nothing is said. @throws file.not-in-encoding */
      encoding: textEncoding.optional(),
      /** Ends what was typed up to here. */
      at: draftTurn.optional(),
    }),
    artifactFile,
  ),
  'artifacts.draft': accountRequest(z.object({ fileId: z.uuid() }), draft.nullable()),
  /** Null forgets it. Kept on this computer alone, over a restart too; saving ends it. */
  'artifacts.keepDraft': accountRequest(
    z.object({
      artifactId: z.uuid(),
      fileId: z.uuid(),
      draft: draft.nullable(),
      at: draftTurn.optional(),
    }),
    nothing,
  ),
  'artifacts.create': accountRequest(
    z.object({ artifactId: z.uuid(), path: filePath, text: z.string().max(maxTextBytes) }),
    artifactFile,
  ),
  /** An empty artifact, of an id that was made here: once more is the same one. @throws network.offline */
  'artifacts.make': accountRequest(z.object({ id: z.uuid(), projectId: z.uuid(), title }), nothing),
  /** `version`: the hash of an earlier one, which was read before. */
  'artifacts.previewUrl': accountRequest(
    z.object({
      artifactId: z.uuid(),
      path: z.string().max(maxPathLetters),
      version: z.string().length(64).optional(),
    }),
    z.string(),
  ),
  /** By title and description, in one project or (null) in all that this computer knows. */
  'artifacts.search': accountRequest(
    z.object({
      query: z.string().max(200),
      projectId: z.uuid().nullable(),
      atMost: z.number().int().min(1).max(1_000),
    }),
    z.object({ hits: z.array(searchHit), total: z.number().int() }),
  ),
  /** Copies that were kept because both sides had changed, of one project or of all that is cached. */
  'artifacts.conflicts': accountRequest(
    z.object({ projectId: z.uuid().nullable() }),
    z.array(conflict),
    { signedOut: [] },
  ),
  /** At the server, in one commit: `copy` puts the copy's content under the file's name, `original` lets the copy go, `both` gives it a plain name. Refused if one of the two is no more as it was seen. */
  'artifacts.resolveConflict': accountRequest(decision, nothing),
}

export const artifactEvents = {
  /** Artifacts whose cached rows or bytes changed. */
  'artifacts.changed': event(z.object({ projectId: z.uuid(), artifactIds: z.array(z.uuid()) })),
}
