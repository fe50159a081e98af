import { openUploads } from '../../electron/main/server/uploads.ts'
import { type BlobStore, openBlobs } from '../../electron/main/store/blobs.ts'
import type { Cache } from '../../electron/main/store/client.ts'
import { openDatabase } from '../../electron/main/store/database.ts'
import type { Files } from '../../electron/main/store/files.ts'
import type { Progress } from '../../electron/main/sync/cache/progress.ts'
import { openReplica, recount } from '../../electron/main/sync/cache/replica.ts'
import { idleSync, type SyncState } from '../../src/contract/sync.ts'
import { AppDisk, isWhole, openFiles } from './app-disk.ts'
import type { Computer, During } from './computer.ts'
import { FaultInjector, type StateFault } from './faults.ts'
import type { Wire } from './network.ts'
import type { Random } from './random.ts'
import { chunkSize, type Line, openLine } from './remote.ts'
import type { Life, World } from './world.ts'

/** Deliberate mistakes, laid around what the cache is made of. */
export type AppWrap = {
  files?: (files: Files) => Files
  blobs?: (blobs: BlobStore) => BlobStore
  cache?: (cache: Cache) => Cache
}
export type AppOptions = {
  name: string
  world: World
  random: Random
  line: Line
  projectId: string
  wrap?: AppWrap
  trouble: (what: string) => void
}
type Running = ReturnType<typeof openReplica>

const folder = '/kept'

/** One computer with the application open: what it keeps, its database, and the engine, which dies and comes back. */
export class App implements Computer {
  readonly name: string
  readonly disk = new AppDisk()
  readonly injector = new FaultInjector()
  readonly wire: Wire = { isUp: true, injector: this.injector }
  readonly db: ReturnType<typeof openDatabase>
  skew = 0
  passes = 0
  crashes = 0
  /** Somebody is doing something with it. */
  isBusy = false
  readonly #options: AppOptions
  #life: Life | null = null
  #running: Running | null = null
  #limit: number | null
  #state: SyncState = idleSync
  #isAuto = true
  /** Copies that were given up while they might be: their files may go later. */
  readonly #given = new Set<string>()

  constructor(options: AppOptions) {
    const { random, projectId } = options
    this.#options = options
    // It asks the clock as soon as it opens.
    this.db = openDatabase(':memory:', () => this.now())
    this.name = options.name
    this.#limit = random.pick([null, null, 200, 600])
    if (random.chance(0.6)) this.db.pin(projectId, true)
    this.disk.removing = (file, bytes) => this.#checkRemoval(file, bytes)
  }

  close(): void {
    this.db.close()
  }

  now(): number {
    return this.#options.world.now + this.skew
  }

  /** What a person can use, while it runs. */
  get running(): { life: Life; replica: Running } | null {
    return this.#life && this.#running ? { life: this.#life, replica: this.#running } : null
  }

  get isIdle(): boolean {
    return this.#running !== null && this.#running.engine.jobs.length === 0 && !this.isBusy
  }

  /** Nor does it give up copies for room. */
  get isAtRest(): boolean {
    return this.isIdle && this.#life !== null && !this.#options.world.isBusy(this.#life)
  }

  get isStill(): boolean {
    return this.#state.phase === 'idle' && this.#state.outbox === 0
  }

  start(): void {
    const { world, trouble } = this.#options
    const life: Life = {
      name: this.name,
      dead: false,
      strike: (label) => this.injector.strike(label),
      crash: () => this.crash(false),
    }
    this.#life = life
    this.#open(life).then(
      () => this.#live(life).catch((error: unknown) => trouble(`${this.name}: ${error}`)),
      (error: unknown) => {
        if (life.dead) return
        world.note(`${this.name} does not start: ${error}`)
        if (!(error instanceof Error && 'code' in error)) trouble(`${this.name}: ${error}`)
        this.crash(false)
      },
    )
  }

  hold(): void {
    this.#isAuto = false
    // What a failure left of the index that is no more is found at a start.
    this.crash(false)
  }

  async round(): Promise<void> {
    this.passes += 1
    await this.#running?.run(this.#options.projectId, false)
  }

  crash(isPowerCut: boolean): void {
    const life = this.#life
    const { world, random } = this.#options
    if (!life || life.dead) return
    this.crashes += 1
    this.#life = null
    this.#running = null
    this.isBusy = false
    world.note(`${this.name} ${isPowerCut ? 'loses power' : 'crashes'}`)
    world.kill(life)
    if (isPowerCut) this.disk.cutPower(random)
    for (const { sha256, node } of this.disk.blobs())
      if (!isWhole(sha256, node.bytes) && !this.disk.rotten.has(node))
        this.#options.trouble(`R5 ${this.name}: ${sha256.slice(0, 8)} is torn`)
    world.at(world.step + 1 + random.below(20), () => this.start())
  }

  inject(what: StateFault, random: Random, during: During): unknown {
    const { disk } = this
    switch (what) {
      case 'fill':
        return during(
          () => {
            disk.isFull = true
          },
          () => {
            disk.isFull = false
          },
        )
      case 'offline':
        // The system may say so, or not.
        if (random.chance(0.5)) return
        return during(
          () => this.#running?.setOnline(false),
          () => this.#running?.setOnline(true),
        )
      case 'cancel': {
        const { replica } = this.running ?? {}
        if (random.chance(0.5)) return void replica?.engine.cancel()
        return during(
          () => void replica?.setPaused(true),
          () => void replica?.setPaused(false),
        )
      }
      case 'rot':
        // Bytes that are nowhere else no program can bring back.
        if (!this.isBusy) disk.rot(random, (sha256) => !this.#isUnsent(sha256))
        return
      case 'quota': {
        const before = this.#limit
        return during(
          () => this.#keepAtMost(random.below(400)),
          () => this.#keepAtMost(before),
        )
      }
    }
  }

  #keepAtMost(limit: number | null): void {
    this.#limit = limit
    this.#running?.setKeepLimit(limit)
  }

  async #open(life: Life): Promise<void> {
    const { world, random, line, wrap } = this.#options
    const port = openFiles(world, life, this.disk)
    const kept = openBlobs(folder, wrap?.files?.(port) ?? port, () => random.uuid())
    const blobs = wrap?.blobs?.(kept) ?? kept
    const known = this.#cache(life)
    const cache = wrap?.cache?.(known) ?? known
    await recount(cache, blobs)
    const { server, remote } = openLine(line, life, { wire: this.wire, now: () => this.now() })
    const running = openReplica({
      cache,
      blobs,
      remote,
      upload: openUploads(server, remote, cache, chunkSize),
      progress: this.#progress(),
      // Here nothing takes a second.
      quantum: { leastMs: 5, share: 0.2 },
      rowsAtOnce: 3,
      time: server.time,
      newId: () => random.uuid(),
      deviceName: this.name,
      keepLimit: this.#limit,
      isPaused: false,
      largest: () => null,
      changed: () => {},
    })
    running.setOnline(true)
    await running.start()
    this.#running = running
  }

  /** Somebody has the project open: it is looked at now and then. */
  async #live(life: Life): Promise<void> {
    const { world, random, projectId } = this.#options
    while (this.#isAuto) {
      this.passes += 1
      await this.#running?.run(projectId, random.chance(0.2))
      await world.sleep(life, 500 + random.below(12_000))
    }
  }

  /** The database, each call in its turn. */
  #cache(life: Life): Cache {
    const { world, trouble } = this.#options
    const methods = Object.entries(this.db) as [string, (...args: unknown[]) => unknown][]
    const cache = Object.fromEntries(
      methods.map(([name, method]) => [
        name,
        (...args: unknown[]) => world.call(life, `cache.${name}`, () => method(...args)),
      ]),
    ) as unknown as Cache
    return {
      ...cache,
      evict: (limit, most, spared) =>
        world.call(life, 'cache.evict', () => {
          const answer = this.db.evict(limit, most, spared)
          for (const { sha256 } of answer.gone) {
            if (this.#isUnsent(sha256) || this.#isPinned(sha256))
              trouble(`R1 ${this.name}: ${sha256.slice(0, 8)} was given up for room`)
            this.#given.add(sha256)
          }
          return answer
        }),
      matchBlobs: (onDisk) =>
        world.call(life, 'cache.matchBlobs', () => {
          this.db.matchBlobs(onDisk)
          this.checkIndex()
        }),
    }
  }

  /** What is shown of it, without the clock that measures how fast. */
  #progress(): Progress {
    const set = (change: Partial<SyncState>): void => {
      this.#state = { ...this.#state, ...change }
      if (change.phase)
        this.#options.world.note(`${this.name} ${change.phase} ${change.failure ?? ''}`)
      if (change.failure === 'internal') this.#options.trouble(`${this.name}: a mistake of ours`)
    }
    return {
      snapshot: () => this.#state,
      set,
      begin: (projectId) => set({ phase: 'checking', projectId, failure: null }),
      announce: (files) => set({ phase: files.length > 0 ? 'transferring' : 'checking' }),
      waiting: (outbox, blocked) => {
        this.#state = { ...this.#state, outbox: outbox.count, blocked }
      },
      planned: () => {},
      transfer: () => {},
      finished: () => {},
      dropped: () => {},
      close: () => {},
    }
  }

  #isUnsent(sha256: string): boolean {
    return this.db.outbox().some((edit) => edit.sha256 === sha256)
  }

  #isPinned(sha256: string): boolean {
    const { projectId } = this.#options
    if (!this.db.pins().includes(projectId)) return false
    // Of an artifact that the server took away nothing is shown, and nothing is bound.
    return this.db
      .artifacts(projectId)
      .flatMap(({ id }) => this.db.files(id))
      .some((file) => file.sha256 === sha256 && file.deleted === 0)
  }

  #checkRemoval(file: string, bytes: Uint8Array): void {
    const sha256 = file.slice(file.lastIndexOf('/') + 1)
    if (!isWhole(sha256, bytes)) return
    if (this.#isUnsent(sha256) || (this.#isPinned(sha256) && !this.#given.has(sha256)))
      this.#options.trouble(`R1 ${this.name}: ${sha256.slice(0, 8)} was removed, and is bound`)
  }

  /** The index names what is on the disk, and nothing else. */
  checkIndex(): void {
    const there = this.disk.blobs().map(({ sha256 }) => sha256)
    if (there.sort().join() !== this.db.blobs().sort().join())
      this.#options.trouble(`R5 ${this.name}: the index is not what is on the disk`)
  }
}
