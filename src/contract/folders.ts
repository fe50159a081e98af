import { z } from 'zod'
import { failureCode } from '../domain/failure.ts'
import { filePath } from '../domain/fields.ts'
import { accountRequest, event, nothing } from './ipc.ts'
import { versionControl } from './left-out.ts'
import { pending, transfer } from './sync.ts'

/** Which way a linked folder follows its artifact; `down` takes what the server has and sends nothing. */
export const linkDirection = z.enum(['both', 'down'])
export type LinkDirection = z.infer<typeof linkDirection>

/** What of a person's own the server has not: changed here, here alone, or deleted here. */
const ownKind = z.enum(['edit', 'new', 'deletion'])

/** A file of a linked folder that waits for something to change; `fileId` null where the server does not know it. */
export const blockedFile = z.object({
  path: z.string(),
  fileId: z.string().nullable(),
  failure: failureCode,
  /** What of the person's own it is that the server does not let them send; null where there is nothing to give up. */
  own: ownKind.nullable(),
})

/** What of the person's own a folder that only takes has, and keeps to itself. */
const onlyHere = z.object({
  count: z.number().int().nonnegative(),
  /** The first hundred. */
  files: z.array(z.object({ path: z.string(), own: ownKind })),
})
export const nothingOnlyHere: z.infer<typeof onlyHere> = { count: 0, files: [] }

/** What a chosen place is. A folder is several of these at once, or none. */
export const placeKind = z.enum([
  /** The person's home, or a folder that homes lie in. */
  'home',
  'disk-root',
  'system',
  /** Keys, settings and caches of programs. */
  'settings',
  /** Where Atelier keeps its own data. */
  'own-data',
  /** Another link's own folder, one in such a folder, or one that holds such a folder; `detail` is the linked one. */
  'linked',
  'inside-linked',
  'around-linked',
  /** Bears the mark of an Atelier that is not this one: another account's, or another computer's. */
  'linked-elsewhere',
  /** Of another sync program; `detail` is its name. */
  'other-sync',
  /** Files that are no files of a disk, such as /proc. */
  'no-disk',
  /** Changes that other computers make there are not noticed at once; `detail` is the file system. */
  'network',
  'not-writable',
  /** The system empties it by itself. */
  'temporary',
  /** A git checkout, or in one; `detail` is its folder. */
  'git',
  'downloads',
])
export type PlaceKind = z.infer<typeof placeKind>
/** `refuse`: it is not linked, whatever anybody says. */
export const placeFinding = z.object({
  kind: placeKind,
  severity: z.enum(['refuse', 'warn', 'info']),
  detail: z.string().nullable(),
})
export type PlaceFinding = z.infer<typeof placeFinding>
/** A folder that a person chose: `root` is its real path, by which it is linked. The gravest finding comes first. */
export const place = z.object({ root: z.string(), findings: z.array(placeFinding) })
export type Place = z.infer<typeof place>
/** What of a folder is left out, as it was looked at last. */
const leftOutSummary = z.object({
  total: z.number().int().nonnegative(),
  /** Files that the server has and that are another or none here now: they wait for the person. */
  undecided: z.number().int().nonnegative(),
  /** What keeps versions in the folder besides; null: nothing does, or nobody has looked yet. */
  versionControl: versionControl.nullable(),
})
export type LeftOutSummary = z.infer<typeof leftOutSummary>
export const nothingLeftOut: LeftOutSummary = { total: 0, undecided: 0, versionControl: null }

const watching = z.enum(['full', 'partial', 'none'])
export type Watching = z.infer<typeof watching>

/** One artifact and the folder that follows it. */
export const folderLink = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  artifactId: z.uuid(),
  title: z.string(),
  /** The folder, absolute. */
  root: z.string(),
  /** `gone`: the artifact is deleted, or not ours to see any more; the folder stays as it is. */
  status: z.enum(['in-step', 'syncing', 'waiting', 'paused', 'offline', 'gone', 'failed']),
  failure: failureCode.nullable(),
  filesDone: z.number().int().nonnegative(),
  filesTotal: z.number().int().nonnegative(),
  /** Bytes. */
  bytesDone: z.number().int().nonnegative(),
  bytesTotal: z.number().int().nonnegative(),
  /** Null where it is not known yet, or nothing moves. */
  bytesPerSecond: z.number().int().nonnegative().nullable(),
  secondsLeft: z.number().int().nonnegative().nullable(),
  /** Those under way, at most a dozen; `fileId` is the artifact's where the file has none yet. */
  transfers: z.array(transfer),
  /** What is planned and has not begun. */
  pending,
  blocked: z.array(blockedFile),
  /** Deletions that wait for the person's word: how many, those of them that were found here, and the first hundred. */
  held: z
    .object({ count: z.number().int(), here: z.number().int(), paths: z.array(z.string()) })
    .nullable(),
  direction: linkDirection,
  onlyHere,
  lastSyncedAt: z.string().nullable(),
  /** How much of the folder tells by itself that it changes; what does not is looked at again and again. */
  watching,
  leftOut: leftOutSummary,
})
export type FolderLink = z.infer<typeof folderLink>

/** A project whose artifacts have their folders in one. */
export const projectLink = z.object({
  projectId: z.uuid(),
  root: z.string(),
  direction: linkDirection,
  /** Folders in it that follow no artifact, and files beside them: nothing of them is synced. */
  folders: z.array(z.string()),
  files: z.array(z.string()),
})
export type ProjectLink = z.infer<typeof projectLink>

/** What sync removed from a linked folder. */
export const trashEntry = z.object({
  id: z.string(),
  path: z.string(),
  /** False: what was noted of it is damaged, and `path` is its name alone. */
  isPlaceKnown: z.boolean(),
  size: z.number().int().nonnegative(),
  removedAt: z.string(),
  /** The file that somebody removed at the server; null for what gave way here, and where nothing was noted of it. */
  fileId: z.uuid().nullable(),
})
export type TrashEntry = z.infer<typeof trashEntry>

/** Two versions of one file, of which the second was kept under a name of its own. */
export const conflict = z.object({
  artifactId: z.uuid(),
  title: z.string(),
  /** The file under its own name; null when it is gone by now. */
  originalId: z.uuid().nullable(),
  originalRevision: z.number().int().nonnegative().nullable(),
  path: z.string(),
  /** What was kept beside it. */
  copyId: z.uuid(),
  copyRevision: z.number().int().nonnegative(),
  copyPath: z.string(),
  device: z.string(),
  /** As in the name: local time of the device. */
  at: z.string(),
})
export type Conflict = z.infer<typeof conflict>
/** Which of the two to keep, of those revisions that were looked at. */
export const decision = conflict
  .pick({
    artifactId: true,
    originalId: true,
    originalRevision: true,
    copyId: true,
    copyRevision: true,
  })
  .extend({ keep: z.enum(['original', 'copy', 'both']) })
export type Decision = z.infer<typeof decision>

export const folderRequests = {
  'folders.list': accountRequest(nothing, z.array(folderLink), { signedOut: [] }),
  /** Projects that are linked as a whole. */
  'folders.projects': accountRequest(nothing, z.array(projectLink)),
  /** With the folders of its artifacts; all files stay. */
  'folders.unlinkProject': accountRequest(z.object({ projectId: z.uuid() }), nothing),
  /** From `down` to both ways what is here alone goes to the server. */
  'folders.turn': accountRequest(z.object({ linkId: z.uuid(), direction: linkDirection }), nothing),
  /** The files stay where they are. */
  'folders.unlink': accountRequest(z.object({ linkId: z.uuid() }), nothing),
  'folders.setPaused': accountRequest(z.object({ linkId: z.uuid(), paused: z.boolean() }), nothing),
  'folders.decideDeletions': accountRequest(
    z.object({ linkId: z.uuid(), decision: z.enum(['delete', 'keep']) }),
    nothing,
  ),
  /**
   * Own work that the server does not let the person send gives way to what the server has, of one path or (null) all of it.
   * What is nowhere else goes to the trash first.
   */
  'folders.revert': accountRequest(
    z.object({ linkId: z.uuid(), path: filePath.nullable() }),
    nothing,
  ),
  /** Looks again now, at what was blocked too. */
  'folders.retry': accountRequest(z.object({ linkId: z.uuid() }), nothing),
  /** Asks where a folder that is not in its place was moved to, and goes on there; null when the person thought better of it. */
  'folders.relocate': accountRequest(z.object({ linkId: z.uuid() }), z.string().nullable()),
  'folders.reveal': accountRequest(z.object({ linkId: z.uuid() }), nothing),
  'folders.trash': accountRequest(z.object({ linkId: z.uuid() }), z.array(trashEntry)),
  /** Answers the path it has now. */
  'folders.restore': accountRequest(
    z.object({ linkId: z.uuid(), entryId: z.string().max(64) }),
    z.string(),
  ),
}

export const folderEvents = {
  'folders.changed': event(z.array(folderLink)),
}
