import type { LeftOutReason, VersionControl } from '../../../contract/left-out.ts'
import type { EntryKind, LeftOut } from './level.ts'

/** The topmost of what is left out. */
export type LeftOutThing = LeftOut & { path: string; kind: EntryKind }
/** What a look left out. */
export type LeftOutThings = {
  /** The first of them. */
  things: LeftOutThing[]
  /** Of all there are, by reason. */
  counts: Partial<Record<LeftOutReason, number>>
  versionControl: VersionControl | null
}
/** So many are told one by one. */
export const maxTold = 2_000

/** By what is in it, whatever it is called. */
export const isRepository = ({ kind, reason, rule }: LeftOutThing): boolean =>
  reason === 'version-control' && kind === 'folder' && rule === null

export const noThings = (): LeftOutThings => ({ things: [], counts: {}, versionControl: null })

export const noteThing = ({ things, counts }: LeftOutThings, thing: LeftOutThing): void => {
  counts[thing.reason] = (counts[thing.reason] ?? 0) + 1
  // What the server has for a repository must not come into it, however much else is left out.
  if (things.length < maxTold || isRepository(thing)) things.push(thing)
}
