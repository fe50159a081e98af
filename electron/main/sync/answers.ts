import { z } from 'zod'

/** What the server may say; anything else is `server.unexpected-answer`. */
const artifactRow = z.object({
  id: z.uuid(),
  project_id: z.uuid(),
  title: z.string(),
  description: z.string().nullable(),
  artifact_type: z.string(),
  status: z.string(),
  is_public: z.boolean(),
  updated_at: z.string(),
  deleted_at: z.string().nullable(),
})
const fileRow = z.object({
  id: z.uuid(),
  artifact_id: z.uuid(),
  file_path: z.string(),
  file_type: z.string(),
  file_size: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  revision: z.number().int().positive(),
  is_main_file: z.boolean(),
  deleted_at: z.string().nullable(),
})
export const pulled = z.object({
  cursor: z.string().regex(/^\d+$/),
  /** Which history of transactions the cursor belongs to. */
  epoch: z.string().max(100),
  artifacts: z.array(artifactRow),
  files: z.array(fileRow),
  /** Artifacts that are gone for good since the cursor; absent in a whole answer, which has the ids instead. */
  removed_artifact_ids: z.array(z.uuid()).optional(),
  artifact_ids: z.array(z.uuid()).optional(),
  file_ids: z.array(z.uuid()).optional(),
  /** Of an answer in parts: whether there are files after its last. */
  more: z.boolean().optional(),
  /** It has no files, because all of them are as the digest said. */
  same: z.boolean().optional(),
  /** The caller's, and what the bucket takes: older servers do not say. */
  role: z.string().max(100).nullish(),
  upload_rules: z.string().max(10_000).nullish(),
})
export type Pulled = z.infer<typeof pulled>

export const versionRows = z.array(
  z.object({
    file_id: z.uuid(),
    revision: z.number().int().positive(),
    file_path: z.string(),
    sha256: z.string(),
  }),
)

export const commitAnswer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('committed'),
    revision: z.number(),
    files: z.array(z.object({ file_id: z.uuid(), revision: z.number().int() })),
  }),
  z.object({
    status: z.literal('conflict'),
    conflicts: z.array(
      z.object({
        file_id: z.uuid(),
        revision: z.number().int().nullish(),
        reason: z.enum(['changed', 'removed', 'path-taken']),
      }),
    ),
  }),
])
export const objectInfo = z.object({ size: z.number() })
