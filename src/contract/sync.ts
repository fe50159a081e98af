import { z } from 'zod'
import { failureCode } from '../domain/failure.ts'
import { maxDiskPathLetters } from '../domain/limits.ts'
import { accountRequest, event, nothing } from './ipc.ts'

/** Null where it is not known yet, or nothing moves. */
const speed = {
  bytesPerSecond: z.number().int().nonnegative().nullable(),
  secondsLeft: z.number().int().nonnegative().nullable(),
}

export const transfer = z.object({
  fileId: z.uuid(),
  artifactId: z.uuid(),
  path: z.string(),
  direction: z.enum(['down', 'up']),
  bytesDone: z.number().int().nonnegative(),
  bytesTotal: z.number().int().nonnegative(),
  ...speed,
})
export type Transfer = z.infer<typeof transfer>

/** Which of the transfers that are shown: the cache's by file, a linked folder's by path. */
export const transferPlace = z.discriminatedUnion('of', [
  z.object({ of: z.literal('cache'), fileId: z.uuid() }),
  z.object({
    of: z.literal('folder'),
    linkId: z.uuid(),
    path: z.string().min(1).max(maxDiskPathLetters),
  }),
])
export type TransferPlace = z.infer<typeof transferPlace>

/** A file that waits for its turn. */
export const pendingFile = z.object({
  artifactId: z.uuid(),
  /** The artifact's; null where it is not known (any more), or is said beside already. */
  title: z.string().nullable(),
  path: z.string(),
  direction: z.enum(['down', 'up']),
})
export type PendingFile = z.infer<typeof pendingFile>

/** What waits: how many each way, and the first hundred. */
export const pending = z.object({
  up: z.number().int().nonnegative(),
  down: z.number().int().nonnegative(),
  files: z.array(pendingFile).max(100),
})
export type Pending = z.infer<typeof pending>
export const nothingPending: Pending = { up: 0, down: 0, files: [] }

/** Something sync could not do and will not retry by itself until what blocked it changes. */
export const blockedItem = z.object({
  fileId: z.uuid(),
  artifactId: z.uuid(),
  /** Null: the artifact is not on this computer any more, so there is nowhere to send it or to show it. */
  projectId: z.uuid().nullable(),
  title: z.string().nullable(),
  path: z.string(),
  /** `up`: an edit, whose bytes may be nowhere else. */
  direction: z.enum(['down', 'up']),
  failure: failureCode,
})
export type BlockedItem = z.infer<typeof blockedItem>

/** Bytes per second; null is no limit. Slower than the least, and requests would run out of time. */
const rate = z.number().int().min(64_000).max(100_000_000_000).nullable()

/** How much sync may take of the line and of the disk on this computer, and whether it may at all. */
export const transferSettings = z.object({
  /** Nothing goes or comes by itself, in the cache or in any linked folder, until it is taken back. */
  paused: z.boolean(),
  upLimit: rate,
  downLimit: rate,
  /** Bytes of copies to keep; null is all. What is pinned or was never sent stays above it, too. */
  keepLimit: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable(),
  /** The network costs by what goes over it, as the person says: no system's word for it reaches every Electron. */
  metered: z.boolean(),
})
export type TransferSettings = z.infer<typeof transferSettings>

/** Bytes of the copies on this computer, and how many of them are pinned or unsent. */
export const cacheUsage = z.object({
  kept: z.number().int().nonnegative(),
  bound: z.number().int().nonnegative(),
})

export const syncState = z.object({
  phase: z.enum(['idle', 'checking', 'transferring', 'paused', 'offline', 'failed']),
  projectId: z.uuid().nullable(),
  filesDone: z.number().int().nonnegative(),
  filesTotal: z.number().int().nonnegative(),
  bytesDone: z.number().int().nonnegative(),
  bytesTotal: z.number().int().nonnegative(),
  ...speed,
  /** The person's switch, which holds for linked folders too; `phase` is also paused while the disk is full. */
  paused: z.boolean(),
  /** The person stopped what was under way: nothing goes or comes until their next edit, or until they say so. */
  stopped: z.boolean(),
  /** The transfers under way, at most a dozen. */
  transfers: z.array(transfer),
  /** Edits that wait to be sent. */
  outbox: z.number().int().nonnegative(),
  /** Edits and wanted files whose transfer has not begun; what is blocked is not among them. */
  pending,
  blocked: z.array(blockedItem),
  /** Changes of rows that the server is owed: on their way by themselves, and refused or not answered. */
  mutations: z.object({
    waiting: z.number().int().nonnegative(),
    blocked: z.number().int().nonnegative(),
  }),
  failure: failureCode.nullable(),
  lastSyncedAt: z.string().nullable(),
  /** ISO time since which no request was answered; null where the last one was. */
  missedSince: z.string().nullable(),
})
export type SyncState = z.infer<typeof syncState>

export const idleSync: SyncState = {
  phase: 'idle',
  projectId: null,
  filesDone: 0,
  filesTotal: 0,
  bytesDone: 0,
  bytesTotal: 0,
  bytesPerSecond: null,
  secondsLeft: null,
  paused: false,
  stopped: false,
  transfers: [],
  outbox: 0,
  pending: nothingPending,
  blocked: [],
  mutations: { waiting: 0, blocked: 0 },
  failure: null,
  lastSyncedAt: null,
  missedSince: null,
}

export const syncRequests = {
  'sync.state': accountRequest(nothing, syncState, { signedOut: idleSync }),
  /** One pass over a project: push the outbox, pull metadata; download everything if pinned, or `files` is 'all'. */
  'sync.run': accountRequest(
    z.object({
      projectId: z.uuid(),
      files: z.enum(['pinned', 'all']),
      /** No person asked for it: what they stopped stays so. */
      unasked: z.literal(true).optional(),
    }),
    syncState,
  ),
  /** The same over everything that waits here or is to be kept here, and over every linked folder. */
  'sync.runAll': accountRequest(nothing, syncState),
  /** Ends the pass under way, and lets none begin by itself before the next edit. */
  'sync.cancel': accountRequest(nothing, syncState),
  /** Stops one transfer, which then is blocked; the others go on. False: it had ended already. */
  'sync.cancelTransfer': accountRequest(transferPlace, z.boolean()),
  /** One blocked file again, now. @throws what blocks it still */
  'sync.retryBlocked': accountRequest(z.object({ fileId: z.uuid() }), nothing),
  /** An edit that is blocked goes for good, and with it what may be its only bytes. */
  'sync.discardBlocked': accountRequest(z.object({ fileId: z.uuid() }), nothing),
  /** Asks for a folder and puts a file into it, fetched if need be. Answers where it is; null when the person thought better of it. */
  'sync.saveCopy': accountRequest(z.object({ fileId: z.uuid() }), z.string().nullable()),
  /** Whether this computer has the bytes that the server lost of a file. */
  'sync.canSendAgain': accountRequest(z.object({ fileId: z.uuid() }), z.boolean()),
  'sync.sendAgain': accountRequest(z.object({ fileId: z.uuid() }), nothing),
  'sync.pin': accountRequest(z.object({ projectId: z.uuid(), pinned: z.boolean() }), nothing),
  'sync.pinned': accountRequest(nothing, z.array(z.uuid()), { signedOut: [] }),
  /** The person's role in a project, as the server said last since the start; null where it did not. A hint. */
  'sync.role': accountRequest(z.object({ projectId: z.uuid() }), z.string().nullable(), {
    signedOut: null,
  }),
  /** What the copies on this computer take. */
  'sync.usage': accountRequest(nothing, cacheUsage, { signedOut: { kept: 0, bound: 0 } }),
}

export const syncEvents = {
  'sync.changed': event(syncState),
}
