import { Client, type Wrap } from './client.ts'
import { type DiskMistakes, SimulatedDisk } from './disk.ts'
import { type Fault, type StateFault, soonFault } from './faults.ts'
import { FileSystem, flavors, sha256Of } from './file-system.ts'
import { SimulatedServer, type StorageMistakes } from './http.ts'
import { act, createPen, type Person, tidy } from './people.ts'
import { phoneActs } from './phone.ts'
import { createRandom } from './random.ts'
import { openSimulatedRemote } from './remote.ts'
import type { Script } from './script.ts'
import { Rows, type ServerMistakes } from './server.ts'
import { Truth } from './truth.ts'
import { immortal, type Life, World } from './world.ts'

/** What a planted bug changes. */
export type Bug = {
  disk?: DiskMistakes
  rows?: ServerMistakes
  storage?: StorageMistakes
  wrap?: Wrap
}
export type Outcome = {
  trouble: string[]
  hash: string
  steps: number
  /** How often what went wrong: ports by mode, requests, states, and intents by how far they were. */
  struck: Map<string, number>
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
  const truth = new Truth(rows, artifactId, (line) => world.note(line))
  const idle = immortal('server')
  const server = new SimulatedServer(
    rows,
    () => world.random.uuid(),
    () => world.call(idle, 'transaction', () => undefined),
    bug.storage ?? {},
  )
  server.trouble = (what) => truth.fail(`R7 ${what}`)
  const newBytes = createPen()
  const struck = new Map<string, number>()

  const people: Person[] = []
  const clients = script.flavors.map((flavor, index) => {
    const name = `desk${index}`
    const random = createRandom(script.seed * 31 + index + 1)
    const files = new FileSystem(flavors[flavor]!, () => client.now(), random)
    const disk: SimulatedDisk = new SimulatedDisk(
      files,
      {
        placed: (path, bytes, over) => {
          client.noticed?.add(path)
          truth.placed(name, path, bytes, over)
        },
        discarded: (path, bytes, sha256) => {
          client.noticed?.add(path)
          truth.discarded(name, path, bytes, sha256)
        },
        moved: (from, to, node) => {
          truth.stepped(name, from, to, node.bytes)
          for (const path of [from, to]) client.noticed?.add(path)
          client.moved(from, to)
        },
        respelled: (from, to) => {
          for (const path of [from, to]) client.noticed?.add(path)
        },
        trouble: (what) => truth.fail(`${name}: ${what}`),
      },
      bug.disk ?? {},
    )
    const client: Client = new Client({
      name,
      world,
      random,
      disk,
      openRemote: (life: Life, own: Client) =>
        openSimulatedRemote({
          world,
          life,
          server,
          wire: own.wire,
          places: own.places,
          token: () => tokenOf(own),
          now: () => own.now(),
          random: () => random.next(),
          projectId,
          artifactId,
        }),
      ...(bug.wrap ? { wrap: bug.wrap } : {}),
      trouble: (what) => truth.fail(what),
    })
    rows.members.set(name, 'contributor')
    people.push({ name, disk, noticed: (path) => void client.noticed?.add(path.normalize('NFC')) })
    return client
  })
  rows.members.set('phone', 'contributor')
  const judge = rows.committed
  rows.committed = (versions) => {
    judge(versions)
    for (const { author, fileId } of versions)
      clients.find(({ name }) => name === author)?.committed(fileId)
  }

  // A token that the server takes no more is still given out once or twice.
  const stale = new Map<string, number>()
  const tokenOf = (client: Client): string => {
    const left = stale.get(client.name) ?? 0
    if (left > 0) {
      stale.set(client.name, left - 1)
      return `${client.name} old`
    }
    return `${client.name} good`
  }
  server.holderOf = (token) => (token.endsWith(' good') ? token.slice(0, -5) : null)

  /** What ends by itself later on, or at once when all faults stop. */
  const ends = new Set<() => void>()
  const forSteps = (steps: number, begin: () => void, end: () => void): void => {
    begin()
    const once = (): void => {
      if (ends.delete(once)) end()
    }
    ends.add(once)
    world.at(world.step + steps, once)
  }
  const befall = (what: StateFault, client: Client, seed: number, steps: number): unknown => {
    const random = createRandom(seed)
    const { disk, wire, name } = client
    struck.set(`state ${what}`, (struck.get(`state ${what}`) ?? 0) + 1)
    world.note(`${name} ${what}`)
    const during = (begin: () => void, end: () => void): void => forSteps(steps, begin, end)
    const set = <T extends object, K extends keyof T>(target: T, key: K, value: T[K], then: T[K]) =>
      during(
        () => {
          target[key] = value
        },
        () => {
          target[key] = then
        },
      )
    switch (what) {
      case 'unmount':
        return set(disk, 'isMounted', false, true)
      case 'fill':
        return set(disk, 'isFull', true, false)
      case 'unread': {
        const folders = disk.files
          .walk()
          .flatMap(({ path }) =>
            path.includes('/') ? [path.slice(0, path.indexOf('/')).normalize('NFC')] : [],
          )
        return set(disk, 'unread', [random.pick([...folders, ''])], [])
      }
      case 'hold': {
        const nodes = disk.files.walk().map(({ node }) => node)
        return during(
          () => {
            for (const node of nodes) if (random.chance(0.5)) disk.busy.add(node)
          },
          () => disk.busy.clear(),
        )
      }
      case 'offline':
        return set(wire, 'isUp', false, true)
      case 'cancel':
        return client.cancel()
      case 'power-cut':
        return client.crash(true)
      case 'clock':
        return set(client, 'skew', (random.next() - 0.5) * 48 * 3600_000, 0)
      case 'expire-token':
        return void stale.set(name, 1 + random.below(3))
      case 'revoke':
        return during(
          () => rows.members.delete(name),
          () => rows.members.set(name, 'contributor'),
        )
      case 'demote':
        return during(
          () => rows.members.set(name, 'viewer'),
          () => rows.members.set(name, 'contributor'),
        )
      case 'delete-artifact':
        return during(
          () => rows.setDeleted(artifactId, true),
          () => rows.setDeleted(artifactId, false),
        )
      case 'restore-elsewhere':
        return rows.restoreElsewhere(`7000.${1 + random.below(1000)}`)
      case 'long-transaction': {
        const xid = rows.begin()
        return during(
          () => {},
          () => rows.end(xid),
        )
      }
      case 'forget-uploads':
        return server.forgetUploads()
      case 'sweep':
        return server.sweep()
    }
  }
  const arm = (fault: Fault): void => {
    const client = clients[fault.client % clients.length]!
    if (fault.type === 'state') befall(fault.what, client, fault.seed, fault.steps)
    else client.armoury.arm(fault)
  }
  const count = (): number => {
    let sum = 0
    for (const each of [struck, ...clients.map(({ armoury }) => armoury.struck)])
      for (const [cell, times] of each) if (!cell.startsWith('intent ')) sum += times
    return sum
  }

  // In the beginning: some files, some at the server, some in a folder.
  const start = createRandom(script.seed ^ 0x5eed)
  for (let each = 0; each < script.files; each += 1) {
    if (start.chance(0.5))
      act('create', start.seed(), world, truth, people[start.below(people.length)]!, newBytes)
    else phoneActs('create', start.seed(), { world, truth, rows, server, artifactId, newBytes })
  }
  for (const action of script.actions)
    world.at(action.at, () => {
      if (action.client === 'phone')
        phoneActs(action.deed, action.seed, { world, truth, rows, server, artifactId, newBytes })
      else
        act(
          action.deed,
          action.seed,
          world,
          truth,
          people[action.client % people.length]!,
          newBytes,
        )
    })
  for (const fault of script.faults) world.at(fault.at, () => arm(fault))
  const deciding = createRandom(script.seed ^ 0xdec1de)
  for (let at = 20; at < script.horizon; at += 40)
    world.at(at, () => {
      for (const client of clients)
        if (client.result?.held && deciding.chance(0.2)) client.allowDeletions()
    })

  try {
    for (const client of clients) client.start()
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
    check()
  } catch (error) {
    truth.fail(`the run: ${error instanceof Error ? error.message : error}`)
  }
  const faults = count()
  for (const client of clients)
    for (const [cell, times] of client.armoury.struck)
      struck.set(cell, (struck.get(cell) ?? 0) + times)
  for (const client of clients) client.close()
  return {
    trouble: truth.trouble,
    hash: world.hash,
    steps: world.step,
    struck,
    faults,
    passes: clients.reduce((sum, { passes }) => sum + passes, 0),
    crashes: clients.reduce((sum, { crashes }) => sum + crashes, 0),
    lines: world.lines,
  }

  /** All faults stop, people put right what only they can, and everybody goes on until nothing moves any more. */
  async function calmDown(): Promise<void> {
    for (const client of clients) client.armoury.disarm()
    for (const end of [...ends]) end()
    stale.clear()
    world.note('calm')
    for (const client of clients) client.hold()
    await world.run(() => clients.every(({ isIdle }) => isIdle), 20_000)
    for (const person of people) tidy(world, truth, person, newBytes)
    for (let round = 1; ; round += 1) {
      if (round > 25) throw new Error('R4 still something to do after 25 rounds')
      // Nobody says `try again`: what was parked goes on when its reason is over, at the latest after a day.
      world.now += round === 4 ? 25 * 3600_000 : 10_000
      const before = rows.artifacts.get(artifactId)!.revision
      for (const client of clients) {
        if (round > 3) client.noticed = null
        client.allowDeletions()
      }
      let done = false
      void Promise.all(clients.map((client) => client.pass())).then(() => {
        done = true
      })
      await world.run(() => done, 30_000)
      const isStill = clients.every(
        ({ result }) => result && result.done === 0 && result.again === null && !result.held,
      )
      if (round > 4 && isStill && rows.artifacts.get(artifactId)!.revision === before) return
    }
  }

  function check(): void {
    const artifact = rows.artifacts.get(artifactId)!
    const live = new Map(
      [...artifact.files.values()]
        .filter(({ deleted }) => !deleted)
        .map((file) => [file.path, file.sha256]),
    )
    const everywhere = new Set(live.values())
    for (const client of clients) {
      const { files, refused } = client.disk.view()
      const there = new Map(files.map(({ path, node }) => [path, sha256Of(node.bytes)]))
      for (const [path, sha256] of live)
        if (there.get(path) !== sha256)
          truth.fail(
            `R4 ${client.name}: ${path} is ${there.get(path)?.slice(0, 8)}, at the server ${sha256.slice(0, 8)}`,
          )
      for (const path of there.keys())
        if (!live.has(path)) truth.fail(`R4 ${client.name}: ${path} is not at the server`)
      for (const { path } of refused) {
        const node = client.disk.files
          .walk()
          .find((each) => each.path.normalize('NFC') === path)?.node
        if (node) everywhere.add(sha256Of(node.bytes))
      }
      if (client.disk.aside.size > 0) truth.fail(`R4 ${client.name}: something was left aside`)
      const { base, remote, intents } = client.stored()
      if (intents.length > 0)
        truth.fail(`R4 ${client.name}: intents are left: ${JSON.stringify(intents)}`)
      const based = base.map(({ path, sha256 }) => `${path}=${sha256}`).sort()
      const lives = [...live].map(([path, sha256]) => `${path}=${sha256}`).sort()
      if (based.join() !== lives.join())
        truth.fail(`R4 ${client.name}: its base is not what is live`)
      const pulled = (remote?.files ?? []).map(({ path, sha256 }) => `${path}=${sha256}`).sort()
      if (pulled.join() !== lives.join())
        truth.fail(`R4 ${client.name}: its remote is not what is live`)
    }
    for (const sha256 of truth.required)
      if (!everywhere.has(sha256)) {
        const isKept =
          artifact.versions.some((version) => version.sha256 === sha256) ||
          clients.some(({ disk }) => disk.trash.some(({ bytes }) => sha256Of(bytes) === sha256))
        if (!isKept) truth.fail(`R1 ${sha256.slice(0, 8)} is nowhere, and nobody gave it up`)
        else if (!truth.isCopied(sha256) && !truth.letGo.has(sha256))
          truth.fail(
            `R1 ${sha256.slice(0, 8)} is only in history or a trash, and nobody gave it up`,
          )
      }
  }
}
