import { z } from 'zod'
import { failureCode } from '../domain/failure.ts'
import { title } from '../domain/fields.ts'
import { maxDiskPathLetters, maxListedPaths } from '../domain/limits.ts'
import { accountRequest, event, nothing } from './ipc.ts'
import { counted } from './linking.ts'

const paths = z.object({
  count: z.number().int().nonnegative(),
  /** The first hundred. */
  paths: z.array(z.string()),
})
export const noPaths: z.infer<typeof paths> = { count: 0, paths: [] }

/** Files of this computer that a person brings into an artifact: first looked at, then copied. Theirs stay as they are. */
export const addition = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  /** Null: they become an artifact of their own. */
  artifactId: z.uuid().nullable(),
  /** What that artifact would be called. */
  title: z.string(),
  phase: z.enum(['looking', 'ready', 'adding', 'done', 'stopped', 'failed']),
  failure: failureCode.nullable(),
  /** What would come in, without what is asked about. */
  all: counted,
  done: counted,
  /** Where the artifact has a file of that name already. */
  clashes: paths,
  /** Private keys, and settings that often hold secrets: they come in by the person's word alone. */
  asked: paths,
  /** What rules leave out; of a folder what is in it is not counted. */
  leftOut: paths,
  /** What cannot come in, or did not; the first hundred. */
  refused: z.object({
    count: z.number().int().nonnegative(),
    files: z.array(z.object({ path: z.string(), failure: failureCode })),
  }),
})
export type Addition = z.infer<typeof addition>

/** Where files are to go. */
export const additionPlace = z.object({ projectId: z.uuid(), artifactId: z.uuid().nullable() })
export type AdditionPlace = z.infer<typeof additionPlace>

/** A person's one word that begins it. */
export const additionOrder = z.object({
  additionId: z.uuid(),
  /** The artifact that they go to, which is made where there is none yet. */
  artifactId: z.uuid(),
  /** Of the artifact that is made. */
  title,
  clashes: z.enum(['replace', 'both']),
  withAsked: z.boolean(),
})
export type AdditionOrder = z.infer<typeof additionOrder>

export const addingRequests = {
  /** Asks for files or a folder in the system's own dialog and looks at them; null when the person thought better of it. */
  'adding.choose': accountRequest(
    additionPlace.extend({ what: z.enum(['files', 'folder']) }),
    addition.nullable(),
  ),
  /** The same of what was dropped on the window; null where it lies nowhere on this computer. */
  'adding.examineDropped': accountRequest(
    additionPlace.extend({
      paths: z.array(z.string().max(maxDiskPathLetters)).max(maxListedPaths),
    }),
    addition.nullable(),
  ),
  /** The same of a small site that comes with the application. */
  'adding.sample': accountRequest(z.object({ projectId: z.uuid() }), addition),
  /** Answers when all of it is durable here, and on its way. @throws sync.cancelled */
  'adding.start': accountRequest(additionOrder, nothing),
  /** What has come in by then stays. */
  'adding.cancel': accountRequest(z.object({ additionId: z.uuid() }), nothing),
}

export const addingEvents = {
  'adding.changed': event(addition),
}
