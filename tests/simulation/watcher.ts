import type { Watch } from '../../src/sync/folder/folder-loop.ts'
import type { Random } from './random.ts'
import type { Life, World } from './world.ts'

/** Milliseconds until most of what happens is told, and what takes longer. */
const soon = 60
const late = 5_000

/** Tells one running engine of changes in its folder, as little to be counted on as those of real systems. */
export const openWatcher = (world: World, life: Life, random: Random) => {
  let tell: Parameters<Watch>[0] | null = null
  let isWatching = false
  let isCalm = false
  const begin = (): void =>
    void world.sleep(life, random.below(late)).then(() => {
      isWatching = tell !== null
      // What happened before anybody watched.
      tell?.('everything')
    })
  return {
    watch: ((changed) => {
      tell = changed
      begin()
      return {
        renew: () => {
          isWatching = false
          begin()
        },
        close: () => {
          tell = null
        },
      }
    }) satisfies Watch,
    /** The folder is not there any more: one that comes back is another one. */
    lose: (isTold: boolean): void => {
      isWatching = false
      if (isTold) tell?.('everything')
    },
    /** From now on nothing is missed. */
    calm: (): void => {
      isCalm = true
      isWatching = true
    },
    /** Something happened to files: it is told, or not. */
    notice: (paths: string[]): void => {
      if (!isWatching || (!isCalm && random.chance(0.05))) return
      const what = random.chance(0.05) ? 'everything' : paths
      const after = random.below(random.chance(0.1) ? late : soon)
      void world.sleep(life, after).then(() => tell?.(what))
    },
  }
}
