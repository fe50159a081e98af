import { openApps, openClients, type Stage } from './actors.ts'
import type { AppWrap } from './app.ts'
import { actInApp, readAll } from './app-people.ts'
import { check } from './check.ts'
import type { Wrap } from './client.ts'
import type { DiskMutation } from './disk.ts'
import { type Fault, soonFault } from './faults.ts'
import { SimulatedServer, type StorageMutation } from './http.ts'
import { Oracle } from './oracle.ts'
import { otherDeviceActs } from './other-device.ts'
import { act, createPen, handle, makeRoom, tidy } from './people.ts'
import { createRandom } from './random.ts'
import type { Action, Script } from './script.ts'
import { Rows, type ServerMutation } from './server.ts'
import { openStateFaults } from './state-faults.ts'
import { immortal, World } from './world.ts'

/** What a planted bug changes. */
export type Bug = {
  disk?: DiskMutation
  rows?: ServerMutation
  storage?: StorageMutation
  wrap?: Wrap
  app?: AppWrap
}
export type Outcome = {
  trouble: string[]
  hash: string
  steps: number
  /** How often what went wrong: ports by mode, requests, states, and intents by how far they were. */
  hits: Map<string, number>
  faults: number
  passes: number
  crashes: number
  lines: string[] | null
}

const leastFaults = 20
const projectId = '00000000-0000-4000-8000-000000000001'
const artifactId = '00000000-0000-4000-8000-000000000002'

/** Plays a script to its end and looks at what is left. */
export const play = async (script: Script, bug: Bug = {}, trace = false): Promise<Outcome> => {
  const world = new World(script.seed, trace)
  const rows = new Rows(projectId, bug.rows ?? {})
  rows.addArtifact(artifactId, 'Harbour signs')
  const oracle = new Oracle(rows, artifactId, (line) => world.note(line))
  const idle = immortal('server')
  const server = new SimulatedServer(
    rows,
    () => world.random.uuid(),
    () => world.call(idle, 'transaction', () => undefined),
    bug.storage ?? {},
  )
  server.trouble = (what) => oracle.fail(`R7 ${what}`)
  const newBytes = createPen()
  const { hits, inject, tokenOf, calm } = openStateFaults(world, server, artifactId)
  const stage: Stage = { ...bug, world, server, oracle, projectId, artifactId, tokenOf }
  const { clients, people } = openClients(script, stage)
  const apps = openApps(script, stage)
  const computers = [...clients, ...apps]
  for (const { name } of [...computers, { name: 'other-device' }])
    rows.members.set(name, 'contributor')
  const judge = rows.committed
  rows.committed = (versions) => {
    judge(versions)
    for (const { author, fileId } of versions)
      clients.find(({ name }) => name === author)?.journal.committed(fileId)
    for (const client of clients) client.hear()
    const isEdit = versions.some(
      ({ author, revision, removed }) => author !== 'other-device' && revision > 1 && !removed,
    )
    const seed = isEdit ? superseding.pop() : undefined
    if (seed !== undefined)
      world.at(world.step + 1, () => otherDeviceActs('supersede', seed, scene))
  }

  const arm = (fault: Fault): void => {
    const computer = computers[fault.client % computers.length]!
    if (fault.type === 'state') void inject(fault.what, computer, fault.seed, fault.steps)
    else computer.injector.arm(fault)
  }
  const count = (): number => {
    let sum = 0
    for (const each of [hits, ...computers.map(({ injector }) => injector.hits)])
      for (const [cell, times] of each) if (!cell.startsWith('intent ')) sum += times
    return sum
  }
  const scene = { world, oracle, rows, server, projectId, artifactId, newBytes }
  const superseding: number[] = []
  const perform = (action: Action): unknown => {
    // The next edit of somebody else it lays another over, at once.
    if (action.deed === 'supersede') return superseding.push(action.seed)
    if (action.client === 'other-device') return otherDeviceActs(action.deed, action.seed, scene)
    if (action.client === 'app') {
      const [app] = apps
      return app && actInApp(action.deed, action.seed, { ...scene, app })
    }
    const person = people[action.client % people.length]!
    return act(action.deed, action.seed, world, oracle, person, newBytes)
  }

  // In the beginning: some files, some at the server, some in a folder.
  const start = createRandom(script.seed ^ 0x5eed)
  for (let each = 0; each < script.files; each += 1) {
    if (start.chance(0.5))
      act('create', start.seed(), world, oracle, people[start.below(people.length)]!, newBytes)
    else otherDeviceActs('create', start.seed(), scene)
  }
  for (const action of script.actions) world.at(action.at, () => perform(action))
  for (const fault of script.faults) world.at(fault.at, () => arm(fault))
  const deciding = createRandom(script.seed ^ 0xdec1de)
  const givingUp = createRandom(script.seed ^ 0x91be)
  for (let at = 20; at < script.horizon; at += 40)
    world.at(at, () => {
      for (const client of clients) {
        if (client.isAsking && deciding.chance(0.2))
          client.decide(deciding.chance(0.7) ? 'delete' : 'keep')
        if (deciding.chance(0.04)) client.retry()
        if (givingUp.chance(0.3)) client.revert()
      }
    })

  // By numbers of their own: what else people do is the same without.
  const handling = createRandom(script.seed ^ 0xb17)
  for (let at = 15 + handling.below(60); at < script.horizon; at += 1 + handling.below(120)) {
    const [who, seed, isTouch] = [
      handling.below(people.length),
      handling.seed(),
      handling.chance(0.3),
    ]
    world.at(at, () => handle(seed, world, people[who]!, isTouch))
  }

  try {
    for (const computer of computers) computer.start()
    world.at(script.horizon, () => {})
    await world.run(() => world.step >= script.horizon, script.horizon + 1000)
    const more = createRandom(script.seed ^ 0xfa17)
    for (
      let tries = 0;
      script.faults.length > 0 && count() < leastFaults && tries < 200;
      tries += 1
    ) {
      arm(soonFault(more, clients.length))
      const until = world.step + 25
      world.at(until, () => {})
      await world.run(() => world.step >= until, 1000)
    }
    await calmDown()
    check({ oracle, rows, projectId, artifactId, clients, apps })
  } catch (error) {
    oracle.fail(`the run: ${error instanceof Error ? error.message : error}`)
  }
  const faults = count()
  for (const { injector } of computers)
    for (const [cell, times] of injector.hits) hits.set(cell, (hits.get(cell) ?? 0) + times)
  for (const computer of computers) computer.close()
  return {
    trouble: oracle.trouble,
    hash: world.hash,
    steps: world.step,
    hits,
    faults,
    passes: computers.reduce((sum, { passes }) => sum + passes, 0),
    crashes: computers.reduce((sum, { crashes }) => sum + crashes, 0),
    lines: world.lines,
  }

  /** All faults stop, people put right what only they can, and everybody goes on until nothing moves any more. */
  async function calmDown(): Promise<void> {
    for (const { injector } of computers) injector.disarm()
    superseding.length = 0
    calm()
    world.note('calm')
    for (const computer of computers) computer.hold()
    await world.run(() => computers.every(({ isIdle }) => isIdle), 20_000)
    for (const person of people) tidy(world, oracle, person, newBytes)
    await untilStill(true)
    // What one of them does in peace goes its way, though nobody else does anything, and no day goes by.
    const last = createRandom(script.seed ^ 0x9eace)
    otherDeviceActs(last.pick(['edit', 'create', 'rename', 'remove']), last.seed(), scene)
    await untilStill(false)
    const person = last.pick(people)
    act(
      last.pick(['edit', 'create', 'rename', 'remove']),
      last.seed(),
      world,
      oracle,
      person,
      newBytes,
    )
    tidy(world, oracle, person, newBytes)
    for (const each of people) handle(last.seed(), world, each, false)
    await untilStill(false)
    // Nobody hears of a time.
    const { revision } = rows.artifacts.get(artifactId)!
    for (const each of people) handle(last.seed(), world, each, true)
    const { vain } = rows
    await untilStill(false)
    if (rows.artifacts.get(artifactId)!.revision > revision)
      oracle.fail('R14 time alone is a version')
    if (rows.vain > vain) oracle.fail('R14 time alone was sent')
    // Its name may be that of a folder of somebody else's: what waits for that alone is tried again within a day.
    const cleared = people.map((each) => makeRoom(oracle, each))
    if (cleared.includes(true)) await untilStill(true)
    await together(apps.map((app) => readAll({ ...scene, app })))
    await world.run(() => apps.every(({ isAtRest }) => isAtRest), 1000)
  }

  /** `isLong`: whether so much time goes by as the last of what went wrong may take to be over. */
  async function untilStill(isLong: boolean): Promise<void> {
    let hasWaited = false
    // The day goes by in the fourth round; a second one where something was blocked after it only.
    let nextDay = isLong ? 4 : null
    for (let round = 1; ; round += 1) {
      if (round > 25) throw new Error('R4 still something to do after 25 rounds')
      // Nobody says `try again`: what was blocked goes on when its reason is over, at the latest after a day, by a clock that may have been a day off.
      const isDays = round === nextDay
      world.now += isDays ? 50 * 3600_000 : 10_000
      // As the server does each day: bytes that came damaged make room.
      if (isDays) server.sweep()
      const before = rows.artifacts.get(artifactId)!.revision
      await together(computers.map((computer) => computer.round()))
      const isStill = computers.every((computer) => computer.isStill)
      if (
        round <= (isLong ? 4 : 3) ||
        !isStill ||
        rows.artifacts.get(artifactId)!.revision > before
      )
        continue
      if (nextDay === 4 && clients.some(({ isBlocked }) => isBlocked)) {
        nextDay = round + 1
        continue
      }
      // What was sent and refused is waited for as long as it may still be on its way.
      if (hasWaited || clients.every((client) => client.stored().intents.length === 0)) break
      hasWaited = true
      world.now += 300_000
    }
  }

  async function together(work: readonly Promise<void>[]): Promise<void> {
    let done = false
    void Promise.all(work).then(() => {
      done = true
    })
    await world.run(() => done, 30_000)
  }
}
