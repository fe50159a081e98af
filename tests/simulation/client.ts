import Database from 'better-sqlite3'
import { folderMigrations, openFolderStore } from '../../electron/main/sync/folder/store.ts'
import type { Places } from '../../electron/main/sync/resumable.ts'
import { asFailure, Failure } from '../../src/contract/failure.ts'
import { foldPath } from '../../src/domain/file-path.ts'
import { FolderSync, type PassResult } from '../../src/sync/folder/engine.ts'
import type {
  BaseFile,
  Cursor,
  Disk,
  Intent,
  Remote,
  RemoteFile,
  Store,
} from '../../src/sync/folder/ports.ts'
import type { Computer, During } from './computer.ts'
import { openDisk, type SimulatedDisk } from './disk.ts'
import { Armoury, type StateFault } from './faults.ts'
import type { Wire } from './network.ts'
import type { Random } from './random.ts'
import type { Cause } from './truth.ts'
import type { Life, World } from './world.ts'

/** Deliberate mistakes, laid around the ports. */
export type Wrap = {
  disk?: (disk: Disk) => Disk
  remote?: (remote: Remote) => Remote
  store?: (store: Store) => Store
  places?: (places: Places) => Places
}
export type ClientOptions = {
  name: string
  world: World
  random: Random
  disk: SimulatedDisk
  openRemote: (life: Life, client: Client) => Remote
  wrap?: Wrap
  /** Told of failures that are no `Failure`: mistakes of the program. */
  trouble: (what: string) => void
  /** Told of what the engine holds for the same on both sides. */
  noted: (file: BaseFile) => void
  pulled: (files: readonly RemoteFile[], cursor: Cursor) => void
}

/** Milliseconds after which the whole folder is looked at, whatever a watcher noticed. */
const wholeLook = 10 * 60_000

const brings = ({ files }: Extract<Intent, { kind: 'download' }>, path: string): boolean =>
  files.some(({ at }) => at === path)

type OpenIntent = { intent: Intent; effect: 'before' | 'after' }

/** One computer: a folder, a database, and the engine, which dies and comes back. */
export class Client implements Computer {
  readonly name: string
  readonly disk: SimulatedDisk
  readonly armoury = new Armoury()
  readonly wire: Wire = { isUp: true, armoury: this.armoury }
  /** Milliseconds its clock is off. */
  skew = 0
  /** What it says of itself to the server; what the server makes of that, others decide. */
  tokens = 0
  /** Where its big uploads go on. */
  readonly places = new Map<string, string>()
  noticed: Set<string> | null = null
  result: PassResult | null = null
  passes = 0
  crashes = 0
  readonly #options: ClientOptions
  readonly #db = new Database(':memory:')
  readonly #open = new Map<string, OpenIntent>()
  #life: Life | null = null
  #engine: FolderSync | null = null
  #abort: AbortController | null = null
  #isAuto = true
  #lookedAt = 0

  constructor(options: ClientOptions) {
    this.#options = options
    this.name = options.name
    this.disk = options.disk
    for (const migration of folderMigrations) this.#db.exec(migration)
  }

  close(): void {
    this.#db.close()
  }

  now(): number {
    return this.#options.world.now + this.skew
  }

  /** What its database holds, whoever asks. */
  stored() {
    return openFolderStore(this.#db, 'link').load()
  }

  /** Starts the program, which makes one pass after the other. */
  start(): void {
    const { world, trouble } = this.#options
    const life: Life = {
      name: this.name,
      dead: false,
      strike: (label) => this.armoury.strike(label),
      crash: () => this.crash(false),
    }
    this.#life = life
    this.#engine = this.#build(life)
    this.noticed = null
    const live = async (): Promise<void> => {
      while (!life.dead && this.#isAuto) {
        const wait = await this.pass()
        await world.sleep(life, wait)
      }
    }
    live().catch((error: unknown) => trouble(`the loop of ${this.name} ended: ${error}`))
  }

  /** Lets the pass under way end, and makes none by itself from then on. */
  hold(): void {
    this.#isAuto = false
  }

  /** One pass. Answers milliseconds until the next one. */
  async pass(): Promise<number> {
    const { random, world, trouble } = this.#options
    const engine = this.#engine
    if (!engine) return 1000
    // As the follower of a folder does it.
    const isWhole = this.noticed === null || Math.abs(this.now() - this.#lookedAt) > wholeLook
    const paths = isWhole ? null : [...(this.noticed ?? [])]
    if (isWhole) this.#lookedAt = this.now()
    this.noticed = new Set()
    this.#abort = new AbortController()
    this.passes += 1
    try {
      const result = await engine.pass(this.#abort.signal, paths)
      this.result = result
      world.note(`${this.name} passed ${JSON.stringify(result)}`)
      return Math.min(result.again ?? 15_000, 500 + random.below(15_000))
    } catch (error) {
      this.noticed = null
      this.result = null
      const { code } = asFailure(error)
      world.note(`${this.name} failed ${code}`)
      if (!(error instanceof Failure) || code === 'internal')
        trouble(`${this.name}: ${stackOf(error)}`)
      return 500 + random.below(5_000)
    } finally {
      this.#abort = null
    }
  }

  /** What the watcher would tell. */
  notice(...paths: string[]): void {
    for (const path of paths) this.noticed?.add(path)
  }

  /** It waits for a person's word on deletions. */
  get isAsking(): boolean {
    return Boolean(this.result?.held)
  }

  cancel(): void {
    this.#abort?.abort(new Failure('sync.cancelled', 'Cancelled.'))
  }

  /** Everything stops going wrong: whoever watches looks, whoever has to decide does. */
  async round(round: number): Promise<void> {
    if (round > 3) this.noticed = null
    this.allowDeletions()
    await this.pass()
  }

  get isStill(): boolean {
    const { result } = this
    return result !== null && result.done === 0 && result.again === null && !result.held
  }

  befall(what: StateFault, random: Random, during: During): unknown {
    const { disk } = this
    const set = <K extends 'isMounted' | 'isFull' | 'unread'>(
      key: K,
      value: SimulatedDisk[K],
      then: SimulatedDisk[K],
    ): void =>
      during(
        () => {
          disk[key] = value
        },
        () => {
          disk[key] = then
        },
      )
    switch (what) {
      case 'unmount':
        return set('isMounted', false, true)
      case 'fill':
        return set('isFull', true, false)
      case 'unread': {
        const folders = disk.files
          .walk()
          .flatMap(({ path }) =>
            path.includes('/') ? [path.slice(0, path.indexOf('/')).normalize('NFC')] : [],
          )
        return set('unread', [random.pick([...folders, ''])], [])
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
      case 'cancel':
        return this.cancel()
    }
  }

  allowDeletions(): void {
    this.#engine?.allowDeletions()
  }

  /** Ends the program at once, and starts it again after a while. */
  crash(isPowerCut: boolean): void {
    const life = this.#life
    const { world, random, disk } = this.#options
    if (!life || life.dead) return
    this.crashes += 1
    this.#life = null
    this.#engine = null
    this.#abort = null
    world.note(`${this.name} ${isPowerCut ? 'loses power' : 'crashes'}`)
    world.kill(life)
    disk.crash(isPowerCut, (bytes) => random.below(bytes + 1))
    for (const { intent, effect } of this.#open.values())
      this.armoury.count(`intent ${intent.kind} crash ${effect}`)
    world.at(world.step + 1 + random.below(20), () => this.start())
  }

  /** It runs, and does nothing. */
  get isIdle(): boolean {
    return this.#life !== null && this.#abort === null
  }

  #build(life: Life): FolderSync {
    const { wrap, name, random, openRemote, world } = this.#options
    const disk = this.#watched(openDisk(world, life, this.disk))
    const remote = this.#gated(life, openRemote(life, this))
    const store = this.#store(life)
    return new FolderSync(
      {
        disk: wrap?.disk?.(disk) ?? disk,
        remote: wrap?.remote?.(remote) ?? remote,
        store: wrap?.store?.(store) ?? store,
        clock: { now: () => this.now() },
      },
      { deviceName: name, newId: () => random.uuid() },
    )
  }

  #store(life: Life): Store {
    const { world } = this.#options
    const real = openFolderStore(this.#db, 'link')
    return {
      load: () => world.call(life, 'store.load', () => real.load()),
      saveKnown: (put, remove) =>
        world.call(life, 'store.saveKnown', () => real.saveKnown(put, remove)),
      savePull: (pulled) =>
        world.call(life, 'store.savePull', () => {
          real.savePull(pulled)
          this.#options.pulled(real.load().remote?.files ?? [], pulled.cursor)
        }),
      begin: (intents) =>
        world.call(life, 'store.begin', () => {
          real.begin(intents)
          for (const intent of intents) this.#open.set(intent.id, { intent, effect: 'before' })
        }),
      finish: (intents, base, remote, gone) =>
        world.call(life, 'store.finish', () => {
          real.finish(intents, base, remote, gone)
          for (const id of intents) this.#open.delete(id)
          for (const change of base) if ('put' in change) this.#options.noted(change.put)
        }),
    }
  }

  /** What a call did for an intent that is open: its effect, or nothing because it failed. */
  #watched(disk: Disk): Disk {
    const failed = (is: (intent: Intent) => boolean): ((error: unknown) => never) => {
      return (error) => {
        for (const { intent } of this.#open.values())
          if (is(intent)) this.armoury.count(`intent ${intent.kind} error`)
        throw error
      }
    }
    return {
      ...disk,
      move: (from, to, expects) =>
        disk
          .move(from, to, expects)
          .catch(failed((each) => 'to' in each && each.from === from && each.to === to)),
      place: (blob, path, expects) =>
        disk
          .place(blob, path, expects)
          .catch(failed((each) => each.kind === 'download' && brings(each, path))),
      setAside: (path, key, expects) =>
        disk.setAside(path, key, expects).catch(failed(({ id }) => id === key)),
      bringBack: (key, path) => disk.bringBack(key, path).catch(failed(({ id }) => id === key)),
    }
  }

  /** Why the engine gives a file a name of its own; null where it is a name that the server gave. */
  whyAside(from: string, to: string): Cause | null {
    const seen = this.stored().remote?.files ?? []
    if (from.startsWith('(') || !to.includes(`(conflict, ${this.name}, `)) return null
    // In another spelling alone it stays where it is.
    if (foldPath(from) === foldPath(to) || seen.some(({ path }) => path === to)) return null
    for (const { intent } of this.#open.values())
      if (intent.kind === 'step-aside' && intent.from === from && intent.to === to)
        return { fileId: intent.fileId, seen }
    return { fileId: null, seen }
  }

  /** Told by the disk, whether the engine lives to hear of it or not. */
  moved(from: string, to: string): void {
    for (const open of this.#open.values())
      if ('to' in open.intent && open.intent.to === to)
        if (open.intent.from === from || from.startsWith('(')) open.effect = 'after'
  }

  placed(path: string): void {
    for (const open of this.#open.values())
      if (open.intent.kind === 'download' && brings(open.intent, path)) open.effect = 'after'
  }

  /** Told by the server. */
  committed(fileId: string): void {
    for (const open of this.#open.values())
      if (open.intent.kind === 'commit' && open.intent.files.some((file) => file.fileId === fileId))
        open.effect = 'after'
  }

  #gated(life: Life, remote: Remote): Remote {
    const { world } = this.#options
    const gate = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      await world.call(life, `remote.${name}`, () => undefined)
      const value = await work()
      await world.call(life, `remote.${name}-done`, () => undefined)
      return value
    }
    return {
      versions: (...rest) => gate('versions', () => remote.versions(...rest)),
      pull: (...rest) => gate('pull', () => remote.pull(...rest)),
      inLane: (bytes, work) => remote.inLane(bytes, work),
      send: (...rest) => gate('send', () => remote.send(...rest)),
      fetch: (...rest) => gate('fetch', () => remote.fetch(...rest)),
      commit: (...rest) =>
        gate('commit', () => remote.commit(...rest)).catch((error: unknown) => {
          for (const { intent } of this.#open.values())
            if (intent.kind === 'commit') this.armoury.count('intent commit error')
          throw error
        }),
    }
  }
}

const stackOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.stack ?? error.message}${error.cause ? `\ncause: ${stackOf(error.cause)}` : ''}`
    : String(error)
