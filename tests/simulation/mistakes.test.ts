import { expect, it } from 'vitest'
import { type Bug, play } from './run.ts'
import { writeScript } from './script.ts'

/** Seeds within which a mistake must be noticed. */
const patience = 200

/** Mistakes that the simulator must notice: if one passed, its silence about ours would mean nothing. */
const mistakes: Record<string, Bug> = {
  'what is staged is not flushed': { disk: { sealFlushes: false } },
  'what is staged is not hashed': { disk: { sealHashes: false } },
  'a file is replaced whatever it is by now': { disk: { compares: false } },
  'a folder that is not there is an empty one': { disk: { missingRootIsEmpty: true } },
  'what was set aside is forgotten': { disk: { setAsideForgets: true } },
  'the server compares no revisions': { rows: { expectedIsIgnored: true } },
  'an upload that was said to be done is not there': { storage: { uploadsVanish: true } },
  'the base is not kept': {
    wrap: { store: (store) => ({ ...store, finish: (i, _b, r, g) => store.finish(i, [], r, g) }) },
  },
  'a hash is taken for that of other bytes of the same size': {
    wrap: {
      disk: (disk) => {
        const seen = new Map<string, { sha256: string }>()
        return {
          ...disk,
          hash: async (path, stamp) => {
            const before = seen.get(`${path} ${stamp.size}`)
            if (before) return before
            const hashed = await disk.hash(path, stamp)
            if (typeof hashed !== 'string') seen.set(`${path} ${stamp.size}`, hashed)
            return hashed
          },
        }
      },
    },
  },
}

it.each(Object.entries(mistakes))('is noticed: %s', async (_name, bug) => {
  for (let seed = 1; seed <= patience; seed += 1) {
    const { trouble } = await play(writeScript(seed), bug)
    if (trouble.some((what) => !what.startsWith('R12 '))) return
  }
  expect.fail(`nothing was noticed in ${patience} seeds`)
})
