import { crowded } from './crowded.ts'
import { daily } from './faults.ts'
import { play } from './run.ts'
import { type Script, writeScript } from './script.ts'

/** What went wrong with a seed, and the one command that shows it again: whole, and with as little as it takes. */
export type Failed = { seed: number; trouble: string[]; replay: string; shortest: string }

/** Places of the actions and faults of a script that are played; null for all of them. */
export type Kept = { actions: readonly number[] | null; faults: readonly number[] | null }
const all: Kept = { actions: null, faults: null }

/** The script of a seed, or what is kept of it. */
export const scriptOf = (seed: number, kept: Kept, isCrowded = false): Script => {
  const script = isCrowded ? crowded(seed) : writeScript(seed)
  const only = <T>(items: readonly T[], places: readonly number[] | null): T[] =>
    items.filter((_, place) => places === null || places.includes(place))
  return {
    ...script,
    actions: only(script.actions, kept.actions),
    faults: only(script.faults, kept.faults),
  }
}

export const replayOf = (seed: number, kept: Kept, isCrowded = false): string =>
  [
    `npm run soak -- --seed ${seed} --trace`,
    ...(isCrowded ? ['--crowded'] : []),
    ...(kept.actions ? [`--actions '${kept.actions.join()}'`] : []),
    ...(kept.faults ? [`--faults '${kept.faults.join()}'`] : []),
  ].join(' ')

/** Leaves out actions and faults, one by one, as long as it still fails. */
const shrunk = async (seed: number, isCrowded: boolean): Promise<Kept> => {
  const { actions, faults } = scriptOf(seed, all, isCrowded)
  let kept = { actions: [...actions.keys()], faults: [...faults.keys()] }
  for (const part of ['faults', 'actions'] as const)
    for (const place of kept[part].toReversed()) {
      const fewer = { ...kept, [part]: kept[part].filter((each) => each !== place) }
      if ((await play(scriptOf(seed, fewer, isCrowded))).trouble.length > 0) kept = fewer
    }
  return kept
}

export type Played = {
  failed: Failed[]
  hits: Map<string, number>
  fewestFaults: number
  /** Of how many seeds each kind of trouble was a part. */
  seedsWith: Map<string, number>
}

/** Plays each seed twice: both must be the same to the last step, and nothing may be lost. */
export const playSeeds = async (
  from: number,
  count: number,
  isCrowded = false,
): Promise<Played> => {
  const played: Played = {
    failed: [],
    hits: new Map(),
    seedsWith: new Map(),
    fewestFaults: Number.POSITIVE_INFINITY,
  }
  for (let seed = from; seed < from + count; seed += 1) {
    const script = scriptOf(seed, all, isCrowded)
    const [first, second] = [await play(script), await play(script)]
    const trouble = [...first.trouble]
    if (first.hash !== second.hash) trouble.push('the same seed went another way')
    for (const [what, times] of first.hits)
      played.hits.set(what, (played.hits.get(what) ?? 0) + times)
    for (const [kind, cells] of Object.entries(daily))
      if (cells.some((cell) => first.hits.get(cell)))
        played.seedsWith.set(kind, (played.seedsWith.get(kind) ?? 0) + 1)
    played.fewestFaults = Math.min(played.fewestFaults, first.faults)
    if (trouble.length > 0)
      played.failed.push({
        seed,
        trouble,
        replay: replayOf(seed, all, isCrowded),
        shortest:
          first.trouble.length > 0
            ? replayOf(seed, await shrunk(seed, isCrowded), isCrowded)
            : 'none',
      })
  }
  return played
}
