import type { AppDeed } from './app-people.ts'
import { appMethods, bodyFaults, type Fault, netFaults, portModes, requests } from './faults.ts'
import { createRandom, type Random } from './random.ts'
import { type Script, writeScript } from './script.ts'

/** Calls that are made seldom, most of them to end what a crash left half done. */
const seldom = [
  ...['disk.stat', 'disk.move', 'disk.setAside', 'disk.bringBack', 'disk.discard', 'disk.reset'],
  ...['disk.aside', 'store.begin'],
]

/** More seldom still: only names that are swapped go aside and come back. */
const swaps = ['disk.setAside', 'disk.bringBack']

const seldomInApp = [
  ...['settle', 'saveEdit', 'queueNew', 'committed', 'settle', 'keepBoth', 'rememberUpload'],
  ...['uploadLocation', 'markSent', 'blockEdit', 'queueNew', 'blockEdit', 'rememberUpload'],
]
  .map((name) => `cache.${name}`)
  // A copy is read whole where somebody goes back to it alone.
  .concat('files.read')
  .flatMap((method) => portModes.map((mode) => ({ method, mode })))

/** With edits that come, of which nobody hears that they have, and that others bury: only history knows. */
const buried = (script: Script, random: Random): Script => {
  const actions = [...script.actions]
  const faults: Fault[] = []
  for (let count = 0; count < 8; count += 1) {
    const at = random.below(script.horizon)
    const client = random.below(script.flavors.length)
    actions.push({ at, seed: random.seed(), client, deed: 'edit' })
    actions.push({ at, seed: random.seed(), client: 'other-device', deed: 'supersede' })
    const port = { at, client, type: 'port' } as const
    faults.push({ ...port, seed: random.seed(), method: 'remote.commit', mode: 'crash-after' })
    const mode = random.pick(portModes)
    faults.push({ ...port, seed: random.seed(), method: 'remote.versions', mode })
  }
  return { ...script, actions, faults }
}

/** Each request, and what may befall it; oftener those that are made most seldom. */
const wires = [...requests, 'head' as const, 'info' as const, 'info' as const].flatMap((request) =>
  netFaults.flatMap((what) => (bodyFaults.includes(what) ? [] : [{ request, what }])),
)
/** Most requests are so seldom that a fault at its moment would find none. */
const onTheWire = (random: Random, { horizon, flavors }: Script): Fault[] =>
  Array.from({ length: 6 }, () => random.pick(wires)).flatMap((wire) =>
    flavors.flatMap((_, client): Fault[] => {
      const fault = { at: random.below(horizon / 2), client, seed: random.seed() }
      const net = { ...fault, type: 'net', ...wire } as const
      // Only after a part of which nobody heard the server is asked how far it is.
      const cause = { ...fault, type: 'net', request: 'patch', what: 'lost' } as const
      return wire.request === 'head' ? [cause, net] : [net]
    }),
  )

/** Somebody loses their rights for long, goes on working, and puts back what the server has; little else goes wrong. */
const givenUp = (random: Random, script: Script): Script => {
  const actions = [...script.actions]
  const faults: Fault[] = []
  for (const [client] of script.flavors.entries()) {
    const from = random.below(script.horizon / 4)
    const where = (at: number) => ({ at: from + at, client, seed: random.seed() })
    faults.push({ ...where(0), type: 'state', what: 'demote', steps: script.horizon })
    for (let at = 20; from + at < script.horizon; at += 60)
      actions.push({ ...where(at), deed: 'edit' })
    for (const at of [100, 250])
      faults.push({ ...where(at), ...putBackFails, mode: random.pick(portModes) })
  }
  return { ...script, actions, faults }
}
const putBackFails = { type: 'port', method: 'disk.discard' } as const

/**
 * Once many files have come, nobody may look into a folder with some of them, again and again; nothing else goes wrong.
 * Before there is a base nothing is taken for deleted, and of most of it a person is asked.
 */
const closedFolders = (random: Random, script: Script): Script => {
  const horizon = script.horizon + 3_000
  const actions = [...script.actions]
  const faults: Fault[] = []
  for (const [client] of script.flavors.entries())
    for (let at = script.horizon + 1_000; at < horizon; at += 500) {
      const where = (after: number) => ({ at: at + after, client, seed: random.seed() })
      faults.push({ ...where(0), type: 'state', what: 'unread', steps: 400 })
      // Something else gives reason to look.
      for (const after of [50, 200]) actions.push({ ...where(after), deed: 'edit' })
    }
  return { ...script, files: 20, horizon, actions, faults }
}

/** A script in which they go wrong too, several times. */
export const crowded = (seed: number): Script => {
  const script = crowdedAlone(seed)
  const random = createRandom(seed ^ 0x3e7)
  if (seed % 10 === 3) return givenUp(random, script)
  if (seed % 50 === 49) return closedFolders(random, script)
  return { ...script, faults: [...script.faults, ...onTheWire(random, script)] }
}

const crowdedAlone = (seed: number): Script => {
  const script = writeScript(seed)
  const random = createRandom(seed ^ 0xc0ffee)
  const folders = script.flavors.length
  const when = (whose: () => number) => ({
    at: random.below(script.horizon),
    client: whose(),
    seed: random.seed(),
  })
  const some = (count: number, whose: () => number, methods: readonly string[]): Fault[] =>
    Array.from({ length: count }, () => ({
      ...when(whose),
      type: 'port',
      method: random.pick(methods),
      mode: random.pick(portModes),
    }))
  const app = (): number => folders
  const folder = (): number => random.below(folders)
  // History is asked so seldom that it goes wrong whenever it is.
  const asked = some(6, folder, ['remote.versions']).map((fault) => ({ ...fault, at: 0 }))
  const more = [...some(10, folder, seldom), ...some(12, folder, swaps), ...asked]
  if (script.apps === 0 && random.chance(0.2)) return buried(script, random)
  if (script.apps > 0) more.push(...some(14, app, appMethods))
  // Now and then there is one kind of trouble alone for the application: else few of its edits come far.
  if (script.apps === 0 || seed % 2 === 1) {
    const streams = script.apps > 0 ? some(3, app, ['files.stream']) : []
    const swapped = Array.from({ length: 3 }, () => ({
      at: random.below(script.horizon),
      seed: random.seed(),
      client: 'other-device' as const,
      deed: 'swap' as const,
    }))
    // A commit is refused seldom by itself.
    const refused = (seed % 3 === 1 ? some(2, folder, ['remote.commit']) : []).map(
      (fault): Fault => (fault.type === 'port' ? { ...fault, mode: 'error' } : fault),
    )
    // Nor is there a folder that nobody may look into.
    const closed = seed % 3 === 2 ? [1, 2, 3] : []
    const unread = closed.map(
      (): Fault => ({ ...when(folder), type: 'state', what: 'unread', steps: 100 }),
    )
    return {
      ...script,
      actions: [...script.actions, ...swapped],
      faults: [...script.faults, ...more, ...streams, ...refused, ...unread],
    }
  }
  const each = seldomInApp[(seed / 6) % seldomInApp.length]
  more.length = 0
  for (let count = 0; count < 4; count += 1)
    if (each) more.push({ ...when(app), type: 'port', ...each })
  const actions = [...script.actions]
  const act = (deed: AppDeed): void => {
    actions.push({ at: random.below(script.horizon), seed: random.seed(), client: 'app', deed })
  }
  for (let count = script.horizon / 100; count > 0; count -= 1) {
    act('read')
    act('goBack')
    act(random.pick(['create', 'edit', 'goBack']))
    more.push({ ...when(app), type: 'state', what: 'rot', steps: 1 })
  }
  more.push({ ...when(app), type: 'net', request: 'commit', what: 'lost' })
  // What is refused waits, until there are rights again.
  if (each && /block/i.test(each.method))
    for (const at of [0.1, 0.5])
      more.push({
        ...when(app),
        at: Math.floor(script.horizon * at),
        type: 'state',
        what: 'demote',
        steps: 120,
      })
  return { ...script, actions, faults: more }
}
