import Database from 'better-sqlite3'
import type { Places } from '../../electron/main/server/resumable.ts'
import { folderMigrations, openFolderStore } from '../../electron/main/sync/folder/store.ts'
import { asFailure } from '../../src/domain/failure.ts'
import { foldPath } from '../../src/domain/file-path.ts'
import { FolderSync, type PassResult } from '../../src/sync/folder/engine.ts'
import type { FolderProgress } from '../../src/sync/folder/execution-context.ts'
import { type FolderLoop, openFolderLoop, type Passes } from '../../src/sync/folder/folder-loop.ts'
import type {
  BaseFile,
  Cursor,
  Disk,
  Remote,
  RemoteFile,
  Store,
} from '../../src/sync/folder/ports.ts'
import type { LocalChange } from '../../src/sync/folder/revert.ts'
import type { Computer, During } from './computer.ts'
import { openDisk, type SimulatedDisk } from './disk.ts'
import { injectIntoDisk } from './disk-faults.ts'
import { FaultInjector, type StateFault } from './faults.ts'
import { Journal } from './journal.ts'
import type { Wire } from './network.ts'
import type { Cause } from './oracle.ts'
import type { Random } from './random.ts'
import { gated, inTurn } from './turns.ts'
import { openWatcher } from './watcher.ts'
import type { Life, World } from './world.ts'

/** Deliberate mistakes, laid around the ports. */
export type Wrap = {
  disk?: (disk: Disk) => Disk
  remote?: (remote: Remote) => Remote
  store?: (store: Store) => Store
  places?: (places: Places) => Places
  sync?: (sync: Passes) => Passes
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
  /** Told of what a person gives up for what the server has. */
  gaveWay: (sha256: string) => void
  /** Told of what they keep though others have deleted it. */
  kept: (path: string, sha256: string) => void
}

/** One computer: a folder, a database, and the engine, which dies and comes back. */
export class Client implements Computer {
  readonly name: string
  readonly disk: SimulatedDisk
  readonly injector = new FaultInjector()
  readonly journal = new Journal(this.injector)
  readonly wire: Wire = { isUp: true, injector: this.injector }
  /** Milliseconds its clock is off. */
  skew = 0
  /** Where its big uploads go on. */
  readonly places = new Map<string, string>()
  result: PassResult | null = null
  passes = 0
  crashes = 0
  readonly #options: ClientOptions
  readonly #db = new Database(':memory:')
  readonly #store: ReturnType<typeof openFolderStore>
  #life: Life | null = null
  #loop: FolderLoop | null = null
  #watcher: ReturnType<typeof openWatcher> | null = null
  #isPassing = false
  /** Whoever waits for the end of a pass that begins after so many. */
  #waiting: { after: number; resolve(): void }[] = []
  /** What of a person's words and the system's a new start knows. */
  #isPaused = false
  #isSuspended = false
  #isOnline = true
  #isCalm = false
  /** What of a person's own may not be sent, as a pass said last. */
  #own: LocalChange[] = []

  constructor(options: ClientOptions) {
    this.#options = options
    this.name = options.name
    this.disk = options.disk
    for (const migration of folderMigrations) this.#db.exec(migration)
    this.#store = openFolderStore(this.#db, 'link')
  }

  close(): void {
    this.#db.close()
  }

  now(): number {
    return this.#options.world.now + this.skew
  }

  /** What its database holds, whoever asks. */
  stored() {
    const store = this.#store
    return { ...store.load(), base: store.baseAfter(''), remote: store.remoteAfter('') }
  }

  /** Starts the program, which follows the folder. */
  start(): void {
    const { world, random, name, trouble } = this.#options
    const life: Life = {
      name: this.name,
      dead: false,
      strike: (label) => this.injector.strike(label),
      crash: () => this.crash(false),
    }
    this.#life = life
    this.#watcher = openWatcher(world, life, random)
    if (this.#isCalm) this.#watcher.calm()
    let status = ''
    const loop = openFolderLoop({
      link: {
        id: 'link',
        projectId: 'project',
        artifactId: 'artifact',
        root: name,
        direction: 'both',
      },
      title: name,
      isPaused: this.#isPaused,
      isSuspended: this.#isSuspended,
      open: (progress) => this.#observed(this.#build(life, progress)),
      watch: this.#watcher.watch,
      // Here nothing takes a second.
      quantum: { leastMs: 5, share: 0.2 },
      time: {
        now: () => this.now(),
        elapsed: () => world.now,
        sleep: (milliseconds, signal) => world.sleep(life, milliseconds, signal),
        random: () => random.next(),
      },
      changed: () => {
        const is = this.#loop?.state().status ?? status
        if (is !== status) world.note(`${name} ${is}`)
        status = is
        const now = this.#loop?.state()
        if (now?.status === 'waiting' && now.blocked.length === 0 && !now.held)
          trouble(`R14 ${name}: waits, and does not say for what`)
      },
      advanced: () => {},
    })
    this.#loop = loop
    this.#does(loop.setOnline(this.#isOnline))
  }

  /** It follows to the end; from now on its watcher tells of everything. */
  hold(): void {
    this.#isCalm = true
    this.#watcher?.calm()
  }

  /** The engine, as the loop wakes it, with somebody who looks on. */
  #observed(sync: Passes): Passes {
    const { world, trouble } = this.#options
    return {
      pass: async (signal, paths, preemption) => {
        if (this.#isPassing) trouble(`${this.name}: two passes at once`)
        this.#isPassing = true
        this.passes += 1
        const own = this.passes
        try {
          this.result = await sync.pass(signal, paths, preemption)
          this.#own = this.result.blocked.flatMap(({ own }) => own ?? [])
          world.note(`${this.name} passed ${JSON.stringify(this.result)}`)
          return this.result
        } catch (error) {
          this.result = null
          const { code } = asFailure(error)
          world.note(`${this.name} failed ${code}`)
          if (!signal.aborted && code === 'internal') trouble(`${this.name}: ${stackOf(error)}`)
          throw error
        } finally {
          this.#isPassing = false
          const isOver = ({ after }: { after: number }): boolean => after < own
          for (const { resolve } of this.#waiting.filter(isOver)) resolve()
          this.#waiting = this.#waiting.filter((each) => !isOver(each))
        }
      },
      isNews: (paths) => sync.isNews(paths),
      stopTransfer: (path) => sync.stopTransfer(path),
      setRules: (rules) => sync.setRules(rules),
      leftOut: () => sync.leftOut(),
      removeLeftOut: (path) => sync.removeLeftOut(path),
      allowDeletions: () => sync.allowDeletions(),
      refuseDeletions: () => sync.refuseDeletions(),
      revert: (path) => {
        for (const { kind, fingerprint: word } of this.#own)
          if (kind !== 'deletion') this.#options.gaveWay(word.slice(word.lastIndexOf(' ') + 1))
        return sync.revert(path)
      },
      retryBlocked: () => sync.retryBlocked(),
    }
  }

  /** What somebody asks of the loop; it may never come to its end when the program does. */
  #does(work: Promise<void> | undefined): void {
    work?.catch((error: unknown) => {
      const { code } = asFailure(error)
      if (code === 'internal') this.#options.trouble(`${this.name}: ${stackOf(error)}`)
    })
  }

  /** Something happened to files of the folder. */
  notice(...paths: string[]): void {
    this.#watcher?.notice(paths)
  }

  /** Something at the server changed: mostly somebody says so. */
  hear(): void {
    const { world, random } = this.#options
    const [life, loop] = [this.#life, this.#loop]
    if (!life || !loop || !this.wire.isUp || random.chance(0.4)) return
    void world.sleep(life, random.below(1_000)).then(() => loop.poke())
  }

  /** It waits for a person's word on deletions. */
  get isAsking(): boolean {
    return Boolean(this.result?.held)
  }

  decide(decision: 'delete' | 'keep'): void {
    this.#options.world.note(`${this.name} says ${decision}`)
    const held = decision === 'keep' ? (this.result?.held?.paths ?? []) : []
    for (const { path, sha256 } of held.length > 0 ? this.stored().base : [])
      if (held.includes(path)) this.#options.kept(path, sha256)
    this.#does(this.#loop?.decideDeletions(decision))
  }

  /** Of what it may not send. */
  revert(): void {
    if (this.#own.length === 0) return
    this.#options.world.note(`${this.name} puts back`)
    this.#does(this.#loop?.revert(null))
  }

  retry(): void {
    this.#loop?.retry()
  }

  #setPaused(now: boolean): void {
    this.#isPaused = now
    this.#does(this.#loop?.setPaused(now))
  }

  #setSuspended(now: boolean): void {
    this.#isSuspended = now
    this.#does(this.#loop?.setSuspended(now))
  }

  #setOnline(now: boolean): void {
    this.#isOnline = now
    this.#does(this.#loop?.setOnline(now))
  }

  /** Everything stops going wrong, and whoever has to decide does. What a watcher missed is found when time has passed. */
  async round(): Promise<void> {
    if (this.isAsking) await this.#loop?.decideDeletions('delete')
    const passed = new Promise<void>((resolve) => {
      this.#waiting.push({ after: this.passes, resolve })
    })
    this.#loop?.poke()
    await passed
  }

  /** Something waits for its reason to be over. */
  get isBlocked(): boolean {
    return (this.result?.blocked.length ?? 0) > 0
  }

  get isStill(): boolean {
    const { result } = this
    return (
      result !== null &&
      result.done === 0 &&
      result.again === null &&
      !result.held &&
      !result.goesOn
    )
  }

  inject(what: StateFault, random: Random, during: During): unknown {
    if (what === 'unmount') this.#watcher?.lose(random.chance(0.5))
    switch (what) {
      case 'cancel': {
        const all = random.chance(0.5)
        const pause = (now: boolean): void => (all ? this.#setSuspended(now) : this.#setPaused(now))
        if (random.chance(0.5))
          return during(
            () => pause(true),
            () => pause(false),
          )
        // Who thinks better of it.
        pause(true)
        return pause(false)
      }
      case 'offline':
        // The system may say so, or not.
        if (random.chance(0.5)) return
        return during(
          () => this.#setOnline(false),
          () => this.#setOnline(true),
        )
      default:
        return injectIntoDisk(this.disk, what, random, during)
    }
  }

  /** Ends the program at once, and starts it again after a while. */
  crash(isPowerCut: boolean): void {
    const life = this.#life
    const { world, random, disk } = this.#options
    if (!life || life.dead) return
    this.crashes += 1
    this.#life = null
    this.#loop = null
    this.#watcher = null
    this.#isPassing = false
    this.result = null
    world.note(`${this.name} ${isPowerCut ? 'loses power' : 'crashes'}`)
    world.kill(life)
    disk.crash(isPowerCut, (bytes) => random.below(bytes + 1))
    this.journal.crashed()
    world.at(world.step + 1 + random.below(20), () => this.start())
  }

  /** It runs, and does nothing. */
  get isIdle(): boolean {
    return this.#loop !== null && !this.#isPassing
  }

  #build(life: Life, progress: FolderProgress): Passes {
    const { wrap, name, random, openRemote, world } = this.#options
    const disk = this.journal.watched(openDisk(world, life, this.disk))
    const remote = gated(openRemote(life, this), world, life, this.journal)
    const store = inTurn(this.#store, {
      world,
      life,
      journal: this.journal,
      noted: this.#options.noted,
      pulled: this.#options.pulled,
    })
    const sync = new FolderSync(
      {
        disk: wrap?.disk?.(disk) ?? disk,
        remote: wrap?.remote?.(remote) ?? remote,
        store: wrap?.store?.(store) ?? store,
        clock: { now: () => this.now() },
      },
      { deviceName: name, newId: () => random.uuid(), progress },
    )
    return wrap?.sync?.(sync) ?? sync
  }

  /** Why the engine gives a file a name of its own; null where it is a name that the server gave. */
  whyAside(from: string, to: string): Cause | null {
    const seen = this.stored().remote
    if (this.journal.isUnnoted(from)) return null
    if (from.startsWith('(') || !to.includes(`(conflict, ${this.name}, `)) return null
    // In another spelling alone it stays where it is.
    if (foldPath(from) === foldPath(to) || seen.some(({ path }) => path === to)) return null
    const place = placeOf(to)
    // Where a folder is, in whatever case, no file can be: of one that comes to its name the server is told another.
    const { files } = this.disk
    const within = `${foldPath(place)}/`
    if (files.find(place)?.kind === 'folder') return null
    if (files.walk().some(({ path }) => foldPath(path).startsWith(within))) return null
    return { fileId: this.journal.asideFor(from, to), place, seen }
  }
}

/** The name that a conflict copy is a copy of: it may be that of one itself. */
const placeOf = (to: string): string => {
  const from = to.lastIndexOf(' (conflict, ')
  return to.slice(0, from) + to.slice(to.indexOf(')', from) + 1)
}

const stackOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.stack ?? error.message}${error.cause ? `\ncause: ${stackOf(error.cause)}` : ''}`
    : String(error)
