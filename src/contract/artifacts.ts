import { z } from 'zod'
import { textEncodings } from '../domain/text-encoding.ts'

/** Where the bytes of a file are: on this computer, only at the server, or edited here and not yet sent. */
export const fileState = z.enum(['cached', 'remote', 'edited', 'parked'])

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
  text: z.string().max(20_000_000),
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
  path: z.string().min(1).max(1024),
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
