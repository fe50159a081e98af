import { z } from 'zod'
import { sha256Form } from '../../../src/domain/sha256.ts'

/*
 * What the server may say; anything else is `server.unexpected-answer`. Limits are wider than the schema's, by which
 * nobody honest is refused: what they keep out could come of no such database.
 */

/** What PostgreSQL can hold: neither a NUL nor half of a character. Whether it is a name is another question. */
const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), 'no text of a database')
const sha256 = z.string().regex(sha256Form)
const revision = z.number().int().positive()
const id = z.uuid().toLowerCase()
const time = z.string().max(64)

/** Of a file: milliseconds since the epoch, in the years that a row can have. */
const fileTime = z.iso
  .datetime({ offset: true })
  .transform((value) => Date.parse(value))
  .refine((value) => value >= 0, 'no time of a file')

const artifactRow = z.object({
  id,
  project_id: id,
  title: text(10_000),
  description: text(1_000_000).nullable(),
  artifact_type: text(1_000),
  status: text(1_000),
  is_public: z.boolean(),
  updated_at: time,
  deleted_at: time.nullable(),
})
const fileRow = z.object({
  id,
  artifact_id: id,
  file_path: text(10_000),
  file_type: text(1_000),
  file_size: z.number().int().nonnegative(),
  sha256,
  revision,
  is_main_file: z.boolean(),
  /** Older servers do not say. */
  is_executable: z.boolean().optional(),
  is_owner_only: z.boolean().optional(),
  modified_at: fileTime.optional(),
  deleted_at: time.nullable(),
})
export const pulled = z.object({
  /** A transaction's id of PostgreSQL: 64 bits. */
  cursor: z.string().regex(/^\d{1,20}$/),
  /** Which history of transactions the cursor belongs to. */
  epoch: text(100),
  artifacts: z.array(artifactRow),
  files: z.array(fileRow),
  /** Artifacts that are gone for good since the cursor; absent in a whole answer, which has the ids instead. */
  removed_artifact_ids: z.array(id).optional(),
  artifact_ids: z.array(id).optional(),
  file_ids: z.array(id).optional(),
  /** Of an answer in parts: whether there are files after its last. */
  more: z.boolean().optional(),
  /** It has no files, because all of them are as the digest said. */
  same: z.boolean().optional(),
  /** Of all there is: artifacts and their sum, files and theirs. */
  digest: z.string().max(200).nullish(),
  /** The caller's, and what the bucket takes: older servers do not say. */
  role: text(100).nullish(),
  upload_rules: text(10_000).nullish(),
})
export type Pulled = z.infer<typeof pulled>

export const versionRows = z.array(
  z.object({
    file_id: id,
    revision,
    file_path: text(10_000),
    sha256,
  }),
)

export const commitAnswer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('committed'),
    revision: z.number().int().nonnegative(),
    files: z.array(z.object({ file_id: id, revision })),
  }),
  z.object({
    status: z.literal('conflict'),
    conflicts: z.array(
      z.object({
        file_id: id,
        revision: z.number().int().nonnegative().nullish(),
        reason: z.enum(['changed', 'removed', 'path-taken']),
        /** What the file is by now. */
        path: text(10_000).nullish(),
        sha256: sha256.nullish(),
      }),
    ),
  }),
])
export const objectInfo = z.object({ size: z.number().int().nonnegative() })
