import { type AppDeed, appWeights } from './app-people.ts'
import { appFault, everyKind, type Fault, randomFault } from './faults.ts'
import { type DeedName, deedWeights } from './people.ts'
import { createRandom } from './random.ts'

export const otherDeviceDeeds = [
  'edit',
  'create',
  'remove',
  'rename',
  'swap',
  'restore',
  'removeMany',
  'supersede',
] as const
export type OtherDeviceDeed = (typeof otherDeviceDeeds)[number]
/** What somebody does at some step; `seed` says the rest, so that leaving one out changes no other. */
export type Action = { at: number; seed: number } & (
  | { client: number; deed: DeedName }
  | { client: 'other-device'; deed: OtherDeviceDeed }
  | { client: 'app'; deed: AppDeed }
)
/** Everything that a run is made of. Actions and faults may be left out one by one. */
export type Script = {
  seed: number
  /** The computers with a linked folder, by their file systems. */
  flavors: number[]
  /** Those that have the application open. */
  apps: number
  /** Files that are there in the beginning, at the server or on the first computer. */
  files: number
  horizon: number
  actions: Action[]
  faults: Fault[]
}

const otherDeviceWeights: Record<OtherDeviceDeed, number> = {
  edit: 6,
  create: 3,
  remove: 3,
  rename: 3,
  swap: 2,
  restore: 2,
  removeMany: 1,
  supersede: 1,
}

export const writeScript = (seed: number): Script => {
  const random = createRandom(seed)
  // Of three computers one has the application open, or else there may be a third with a folder.
  const apps = seed % 3 === 0 ? 1 : 0
  const clients = 2 + (apps > 0 ? 0 : random.below(2))
  const horizon = 500 + random.below(900)
  const actions: Action[] = []
  for (let count = 8 + random.below(25); count > 0; count -= 1) {
    const when = { at: random.below(horizon), seed: random.seed() }
    if (random.chance(0.15))
      actions.push({ ...when, client: 'other-device', deed: random.weighted(otherDeviceWeights) })
    else
      actions.push({
        ...when,
        client: random.below(clients),
        deed: random.weighted(deedWeights),
      })
  }
  const faults = everyKind(random, clients, horizon)
  for (let count = 16 + random.below(20); count > 0; count -= 1)
    faults.push(randomFault(random, clients, horizon))
  const flavors = Array.from({ length: clients }, () => random.below(4))
  const files = apps + random.below(8)
  if (apps > 0) {
    for (let count = 14 + random.below(14); count > 0; count -= 1)
      actions.push({
        at: random.below(horizon),
        seed: random.seed(),
        client: 'app',
        deed: random.weighted(appWeights),
      })
    for (let count = 12 + random.below(12); count > 0; count -= 1)
      faults.push(appFault(random, clients, horizon))
  }
  return {
    seed,
    apps,
    flavors,
    files,
    horizon,
    actions: actions.sort((a, b) => a.at - b.at),
    faults: faults.sort((a, b) => a.at - b.at),
  }
}
