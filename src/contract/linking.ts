import { z } from 'zod'
import { failureCode } from '../domain/failure.ts'
import { filePath } from '../domain/fields.ts'
import { maxListedPaths } from '../domain/limits.ts'
import { linkDirection, place } from './folders.ts'
import { accountRequest, event, nothing } from './ipc.ts'
import { leftOutEntry, linkRules } from './left-out.ts'

export const counted = z.object({
  files: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
})
export type Counted = z.infer<typeof counted>

/** What would move, at most: files are counted as they are met, before anything is sent or written. */
export const linkCounts = z.object({
  /** Here alone. */
  up: counted,
  /** At the server alone. */
  down: counted,
  /** The same on both sides. */
  same: counted,
  /** On both sides, and not the same: both are kept. Bytes of this computer's. */
  differ: counted,
  /** On both sides and of one size, but too much to compare before: the same, as likely as not. */
  unsure: counted,
})
export type LinkCounts = z.infer<typeof linkCounts>

/** One artifact of the folder that was chosen. */
export const examinedArtifact = z.object({
  /** Null: it is made when the linking begins. */
  artifactId: z.uuid().nullable(),
  title: z.string(),
  /** Its folder in the chosen one; '' is the chosen one itself. */
  folder: z.string(),
  /** Whether that folder is there. */
  isThere: z.boolean(),
  isPublic: z.boolean(),
  counts: linkCounts,
})
export type ExaminedArtifact = z.infer<typeof examinedArtifact>

/** What linking a folder would mean, as far as it is known. Nothing has been sent or written for it. */
export const examination = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  /** Null: all of the project. */
  artifactId: z.uuid().nullable(),
  place,
  /** `ready`: everything was looked at. Only then it can be linked. */
  phase: z.enum(['looking', 'ready', 'refused', 'stopped', 'failed']),
  failure: failureCode.nullable(),
  /** Whether the server was asked what it has, or what it had when it was asked last counts, or nothing is known of it. */
  server: z.enum(['asked', 'remembered', 'unknown']),
  /** The person's in the project; null where it is not known. */
  role: z.string().nullable(),
  /** Of all of it. */
  counts: linkCounts,
  /** Those that are new first, then those that are here; at most two hundred. */
  artifacts: z.array(examinedArtifact),
  artifactCount: z.number().int().nonnegative(),
  /** What was counted by, and would be linked by; paths from the chosen folder on. */
  rules: linkRules,
  /** What would be left out, from the chosen folder on; at most two thousand. */
  leftOut: z.array(leftOutEntry),
  leftOutCount: z.number().int().nonnegative(),
  /** Files at the top of a project's folder: they belong to no artifact, and stay. */
  strays: z.object({ count: z.number().int().nonnegative(), names: z.array(z.string()) }),
})
export type Examination = z.infer<typeof examination>

/** A person's one word that begins it. */
export const linkOrder = z.object({
  examinationId: z.uuid(),
  direction: linkDirection,
  /** Folders of a project that get no artifact: by their names in it. */
  without: z.array(filePath).max(maxListedPaths),
  /** The person was told that the server could not be asked, and wants it all the same. */
  unseen: z.boolean(),
})
export type LinkOrder = z.infer<typeof linkOrder>

export const nothingCounted: Counted = { files: 0, bytes: 0 }
export const emptyCounts: LinkCounts = {
  up: nothingCounted,
  down: nothingCounted,
  same: nothingCounted,
  differ: nothingCounted,
  unsure: nothingCounted,
}

export const linkingRequests = {
  /**
   * Asks for a folder in the system's own dialog and looks at what linking it would mean; null when the person thought
   * better of it. A project is all its artifacts, each in a folder of its own. Nothing is sent or written.
   */
  'folders.examine': accountRequest(
    z.object({ projectId: z.uuid(), artifactId: z.uuid().nullable() }),
    examination.nullable(),
  ),
  /** The same of folders that lie in a linked project's and follow nothing yet. */
  'folders.examineNew': accountRequest(z.object({ projectId: z.uuid() }), examination),
  /** Counts anew, by these rules. */
  'folders.lookAgain': accountRequest(
    z.object({ examinationId: z.uuid(), rules: linkRules }),
    examination,
  ),
  'folders.cancelExamination': accountRequest(z.object({ examinationId: z.uuid() }), nothing),
  /** Begins what was looked at. @throws server.gone when it was not in this run; server.conflict when not to its end */
  'folders.link': accountRequest(linkOrder, nothing),
}

export const linkingEvents = {
  'folders.examined': event(examination),
}
