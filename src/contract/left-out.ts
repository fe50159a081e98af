import { z } from 'zod'
import { filePath } from '../domain/fields.ts'
import { maxListedPaths } from '../domain/limits.ts'
import { accountRequest, nothing } from './ipc.ts'

/** Why something of a linked folder is not synced. */
export const leftOutReason = z.enum([
  /** What git and its like keep for themselves: never synced, either way, whatever the rules. */
  'version-control',
  /** A folder of ours that lies in this one: never synced, either way. */
  'nested-link',
  /** What systems and editors drop beside a person's work. */
  'litter',
  /** What tools make, and can make again. */
  'generated',
  /** A private key, or a file of settings that often holds secrets: sent by its person's word for it alone. */
  'private',
  'gitignore',
  'atelierignore',
  /** Its person left it out on this computer: it is neither sent nor taken. */
  'person',
  'link',
  /** A socket, a pipe, a device. */
  'not-a-file',
  /** Two names that differ in case alone: one of them is synced. */
  'name-collision',
  'name-refused',
  'unreadable',
])
export type LeftOutReason = z.infer<typeof leftOutReason>

/** The topmost of what is left out: of a folder nothing below it is listed. */
export const leftOutEntry = z.object({
  path: z.string(),
  kind: z.enum(['file', 'folder', 'link', 'other']),
  reason: leftOutReason,
  /** The rule as it was written, or of our own as it is matched; null where there is none. */
  rule: z.string().nullable(),
  /** The file that has the rule, from the folder on; null of our own rules and of a person's. */
  source: z.string().nullable(),
  /** Whether its person may have it sent all the same. */
  canSend: z.boolean(),
  /** Bytes; null of what is no file, and where nobody looked. */
  bytes: z.number().int().nonnegative().nullable(),
  /** Files the server has of it: sent before it was left out, or sent by others. */
  atServer: z.number().int().nonnegative(),
  /**
   * Those of them that are another or none here now. What is the same goes on being kept as the server has it; these
   * stay as they are on both sides until the person decides.
   */
  undecided: z.number().int().nonnegative(),
})

export type LeftOutEntry = z.infer<typeof leftOutEntry>

export const leftOutList = z.object({
  /** At most two thousand, those with something to decide first. */
  entries: z.array(leftOutEntry),
  /** Of all there are. */
  total: z.number().int().nonnegative(),
  /** Of all there are, by reason. */
  counts: z.partialRecord(leftOutReason, z.number().int().nonnegative()),
})
export type LeftOutList = z.infer<typeof leftOutList>

/**
 * What a person said of one linked folder. It stays on this computer; what holds for everybody is written in
 * `.atelierignore`, a file like any other. Paths name what is there with all that is in it.
 */
export const linkRules = z.object({
  respectGitignore: z.boolean(),
  leftOut: z.array(filePath).max(maxListedPaths),
  /** A file here may be private or litter; in a folder here, what is private or litter is still left out by itself. */
  sendAnyway: z.array(filePath).max(maxListedPaths),
})
export type LinkRules = z.infer<typeof linkRules>

/**
 * What becomes of files that the server has and that are left out here: `send` goes on with them, `keep` leaves both
 * sides alone, `remove` takes them from the server, and so from whoever has not left them out. Here they stay.
 */
export const leftOutDecision = z.enum(['send', 'keep', 'remove'])
export type LeftOutDecision = z.infer<typeof leftOutDecision>

export const versionControl = z.enum([
  'git',
  'mercurial',
  'subversion',
  'bazaar',
  'jujutsu',
  'cvs',
  'darcs',
  'fossil',
  'pijul',
  'sapling',
])
export type VersionControl = z.infer<typeof versionControl>

export const leftOutRequests = {
  /** What of a linked folder is not synced, and why, as it was looked at last. */
  'folders.leftOut': accountRequest(z.object({ linkId: z.uuid() }), leftOutList),
  /** A file, a folder, a link or a refused name is neither sent nor taken from now on, on this computer. Nothing is removed. */
  'folders.leaveOut': accountRequest(z.object({ linkId: z.uuid(), path: filePath }), nothing),
  /** Ends a `leaveOut`, and overrules our rules, `.gitignore` and `.atelierignore`. @throws file.left-out of what never is sent */
  'folders.sendAnyway': accountRequest(z.object({ linkId: z.uuid(), path: filePath }), nothing),
  /** What becomes of what the server has below a path that is left out here. */
  'folders.decideLeftOut': accountRequest(
    z.object({ linkId: z.uuid(), path: filePath, decision: leftOutDecision }),
    nothing,
  ),
  'folders.rules': accountRequest(z.object({ linkId: z.uuid() }), linkRules),
  'folders.setRules': accountRequest(z.object({ linkId: z.uuid(), rules: linkRules }), nothing),
}
