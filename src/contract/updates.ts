import { z } from 'zod'
import { failureCode } from '../domain/failure.ts'
import { event, nothing, request } from './ipc.ts'

/** What a feed says of the newest version. */
export const release = z.object({
  version: z.string().min(1).max(64),
  /** Markdown, or HTML where the feed has nothing else; '' where it says nothing. */
  notes: z.string().max(100_000),
  /** ISO time; null where the feed does not say. */
  releasedAt: z.string().nullable(),
  /** The PostgreSQL it brings; null where the feed does not say. */
  postgresMajor: z.number().int().positive().nullable(),
})
export type Release = z.infer<typeof release>

/** Why this installation cannot replace itself; everything but the first two can be updated by hand. */
export const updateHindrance = z.enum([
  /** Nobody said where updates are to be had. */
  'not-configured',
  /** Run from its source. */
  'development',
  /** A store or the like keeps it up to date. */
  'store',
  /** Installed for everybody by the system's package manager, and nothing here may ask for the rights. */
  'no-rights',
  /** Lies where nothing can be written. */
  'read-only',
  /** macOS runs a copy of what was opened from a download or a disk image. */
  'translocated',
  /** Unpacked by hand: there is no installer that could be run again. */
  'unpacked',
])

/** `none`: nothing is asked of anybody. `page`: asked, and fetched by the person in their browser. */
export const updateMeans = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none'), why: updateHindrance }),
  z.object({ kind: z.literal('page'), why: updateHindrance }),
  z.object({ kind: z.literal('self') }),
])
export type UpdateMeans = z.infer<typeof updateMeans>

/** What an update waits for: files that move and, with its restart, edits that are not sent. */
export const busyness = z.object({
  edits: z.number().int().nonnegative(),
  transfers: z.number().int().nonnegative(),
})
export type Busyness = z.infer<typeof busyness>

export const installStep = z.enum(['saving', 'copying', 'stopping', 'installing', 'leaving'])
export type InstallStep = z.infer<typeof installStep>

export const updateState = z.discriminatedUnion('status', [
  /** Nothing newer is known. */
  z.object({ status: z.literal('current') }),
  z.object({ status: z.literal('checking') }),
  /** `isWanted`: its download begins by itself as soon as no file moves. */
  z.object({ status: z.literal('available'), release, isWanted: z.boolean() }),
  z.object({
    status: z.literal('downloading'),
    release,
    bytesDone: z.number().nonnegative(),
    bytesTotal: z.number().nonnegative(),
    bytesPerSecond: z.number().nonnegative().nullable(),
  }),
  /** On this computer and proven. `isWanted`: the restart comes by itself as soon as nothing is busy. */
  z.object({ status: z.literal('ready'), release, isWanted: z.boolean() }),
  /** Or, where it is installed by hand, on the way to where it is to be had: of that one nothing may be known. */
  z.object({
    status: z.literal('installing'),
    release: release.nullable(),
    step: installStep,
  }),
  z.object({
    status: z.literal('failed'),
    during: z.enum(['check', 'download', 'install']),
    failure: failureCode,
    release: release.nullable(),
  }),
])
export type UpdateState = z.infer<typeof updateState>

export const updates = z.object({
  state: updateState,
  means: updateMeans,
  busy: busyness,
  /** Looks for updates and fetches them by itself. */
  automatic: z.boolean(),
  /** The one that the person does not want to be told of. */
  skipped: z.string().nullable(),
  /** ISO time of the last answer of the feed. */
  checkedAt: z.string().nullable(),
  /** Whether there is something to tell wherever the person is. */
  isTold: z.boolean(),
  /** The download page is opened once the database here is copied for another PostgreSQL, and Atelier quits then. */
  copiesFirst: z.boolean(),
})
export type Updates = z.infer<typeof updates>

export const updateRequests = {
  'updates.state': request(nothing, updates),
  /** At once, also where nothing is looked for by itself. */
  'updates.check': request(nothing, updates),
  'updates.download': request(nothing, updates),
  /** Ends a download, or takes back a restart that waits. */
  'updates.cancel': request(nothing, updates),
  /** Nothing more is said for a day. */
  'updates.later': request(nothing, updates),
  /** Nothing more is said of this version. */
  'updates.skip': request(nothing, updates),
  /** Ends the application, for the new version to begin; waits for what is on its way. */
  'updates.install': request(nothing, updates),
  /** What waits for unsent edits begins now. */
  'updates.goOn': request(nothing, updates),
  'updates.setAutomatic': request(z.object({ automatic: z.boolean() }), updates),
  /** Where new versions are to be had, in the system's browser. */
  'updates.openPage': request(nothing, nothing),
  /** After a database here that does not open stood in its way: what is to be done, without a copy of that. */
  'updates.goOnWithoutCopy': request(nothing, updates),
}

export const updateEvents = {
  'updates.changed': event(updates),
}
