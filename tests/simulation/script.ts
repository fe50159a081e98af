import { type Fault, randomFault } from './faults.ts'
import { type DeedName, deedWeights } from './people.ts'
import { createRandom } from './random.ts'

export const phoneDeeds = [
  'edit',
  'create',
  'remove',
  'rename',
  'swap',
  'restore',
  'removeMany',
] as const
export type PhoneDeed = (typeof phoneDeeds)[number]
/** What somebody does at some step; `seed` says the rest, so that leaving one out changes no other. */
export type Action = { at: number; seed: number } & (
  | { client: number; deed: DeedName }
  | { client: 'phone'; deed: PhoneDeed }
)
/** Everything that a run is made of. Actions and faults may be left out one by one. */
export type Script = {
  seed: number
  flavors: number[]
  /** Files that are there in the beginning, at the server or on the first computer. */
  files: number
  horizon: number
  actions: Action[]
  faults: Fault[]
}

const phoneWeights: Record<PhoneDeed, number> = {
  edit: 6,
  create: 3,
  remove: 3,
  rename: 3,
  swap: 2,
  restore: 2,
  removeMany: 1,
}

export const writeScript = (seed: number): Script => {
  const random = createRandom(seed)
  const clients = 2 + random.below(2)
  const horizon = 500 + random.below(900)
  const actions: Action[] = []
  for (let count = 8 + random.below(25); count > 0; count -= 1) {
    const when = { at: random.below(horizon), seed: random.seed() }
    if (random.chance(0.15))
      actions.push({ ...when, client: 'phone', deed: random.weighted(phoneWeights) })
    else
      actions.push({
        ...when,
        client: random.below(clients),
        deed: random.weighted(deedWeights),
      })
  }
  const faults: Fault[] = []
  for (let count = 26 + random.below(20); count > 0; count -= 1)
    faults.push(randomFault(random, clients, horizon))
  return {
    seed,
    flavors: Array.from({ length: clients }, () => random.below(4)),
    files: random.below(8),
    horizon,
    actions: actions.sort((a, b) => a.at - b.at),
    faults: faults.sort((a, b) => a.at - b.at),
  }
}
