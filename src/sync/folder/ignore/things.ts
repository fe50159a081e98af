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
export const mostTold = 2_000

export const noThings = (): LeftOutThings => ({ things: [], counts: {}, versionControl: null })

export const noteThing = ({ things, counts }: LeftOutThings, thing: LeftOutThing): void => {
  counts[thing.reason] = (counts[thing.reason] ?? 0) + 1
  if (things.length < mostTold) things.push(thing)
}
