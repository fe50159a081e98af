import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { Failure, type FailureCode } from '../../../../src/domain/failure.ts'
import { ArtifactTurns } from '../../../../src/mutations/artifact-turns.ts'
import type { QueuedMutation } from '../../../../src/mutations/queue.ts'
import { plan } from '../../../../src/sync/cache/plan.ts'
import { CancellationRegistry } from '../../../../src/transfer/cancellation.ts'
import type { Time } from '../../../../src/transfer/clock.ts'
import type { Transfer } from '../../../../src/transfer/transfer.ts'
import type { ArtifactApi } from '../../server/artifact-api.ts'
import type { Cache } from '../../store/client.ts'
import { openDatabase } from '../../store/database.ts'
import { openProgress } from '../cache/progress.ts'
import { openPusher } from '../cache/pusher.ts'
import { MutationSender } from './sender.ts'

/*
 * The queue as it ships, and beside it what sends edits of files, over the database as it ships, against a server that
 * does what the functions in SQL do: a mutation is applied once by its id, or refused; an edit goes over the revision
 * that it expects, or stands against another. Everything between is at the mercy of the test: which step of which process
 * ends when, what the network does with a request, when the process is killed, and what the clock says.
 */

const settle = () => new Promise((resolve) => setImmediate(resolve))
/** Each is an artifact, with these files. */
const things = ['harbour', 'lighthouse', 'ferry']
const paths = ['a.txt', 'b.txt']
const projectId = 'coast'

type Commit = Parameters<ArtifactApi['commit']>
type CommitAnswer = Awaited<ReturnType<ArtifactApi['commit']>>
/** A request: of a mutation, or of edits. */
type Copy = { id: string; thing: string; commit?: Commit }
/** The bytes of each revision, the newest last. */
type ServerFile = { artifactId: string; path: string; versions: string[] }
const hows = [
  ...(['through', 'through', 'through', 'lost', 'answerLost', 'twice', 'late'] as const),
  ...(['nobody', 'nobody', 'doneByNobody'] as const),
]
type How = (typeof hows)[number]
/** A step of a process that waits for its turn. */
type Step = {
  run: () => void
  isOf: 'disk' | 'network'
  copy?: Copy
  /** Of a network: lost, or answered by nobody who knows. */
  fail: (code: FailureCode) => void
}

class World {
  /** Whatever it says: it is set back, and stands still. */
  clock = Date.UTC(2026, 0, 1)
  readonly database = openDatabase(':memory:', () => this.clock)
  readonly log: Copy[] = []
  readonly files = new Map<string, ServerFile>(
    things.flatMap((artifactId) =>
      paths.map((path) => [`${artifactId} ${path}`, { artifactId, path, versions: ['first'] }]),
    ),
  )
  /** What the server did with files: edits, by their bytes, and mutations that go back with all of an artifact. */
  readonly fileLog: { id: string; thing: string; path: string | null }[] = []
  /** Where each edit was made, by its bytes. */
  readonly edits = new Map<string, { thing: string; path: string }>()
  /** The last of each file. */
  readonly lastEdits = new Map<string, string>()
  readonly goesBack = new Set<string>()
  readonly applied = new Set<string>()
  readonly denied = new Set<string>()
  /** Copies of requests whose sender waits for them no more. */
  readonly late: Copy[] = []
  steps: Step[] = []
  alarms: { at: number; ring: () => void }[] = []
  now = 0
  isOnline = true
  answersOthers = true
  hasToken = true
  pass: () => Promise<void> = async () => {}
  sender = this.start()
  /** Where each is in the line of its thing. */
  readonly order = new Map<string, number>()
  readonly things = new Map<string, string>()
  readonly gone = new Set<string>()
  /** What was said of each last. */
  readonly told = new Map<string, QueuedMutation>()
  #line = 0

  start(): MutationSender {
    this.pull()
    const isAlive = { now: true }
    const inFlight = new Set<string>()
    this.kill = () => {
      isAlive.now = false
    }
    const onDisk = <Value>(work: () => Value): Promise<Value> =>
      new Promise((resolve, reject) => {
        this.steps.push({
          isOf: 'disk',
          run: () => {
            try {
              const value = work()
              if (isAlive.now) resolve(value)
            } catch (error) {
              reject(error)
            }
          },
          fail: (code) => isAlive.now && reject(new Failure(code, 'The disk is away.')),
        })
      })
    const time: Time = {
      now: () => this.clock,
      elapsed: () => this.now,
      random: () => 0.5,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const alarm = { at: this.now + ms, ring: () => isAlive.now && resolve() }
          this.alarms.push(alarm)
          signal.addEventListener('abort', () => {
            this.alarms = this.alarms.filter((each) => each !== alarm)
            reject(signal.reason)
          })
        }),
    }
    const turns = new ArtifactTurns()
    const sender = new MutationSender({
      turns,
      store: {
        nextMutations: (held, atMost) => onDisk(() => this.database.nextMutations(held, atMost)),
        beginMutation: (id) => onDisk(() => this.database.beginMutation(id)),
        mutationApplied: (id) => onDisk(() => this.database.mutationApplied(id)),
        mutationRefused: (id, code) => onDisk(() => this.database.mutationRefused(id, code)),
        mutationUnanswered: (id, code) => onDisk(() => this.database.mutationUnanswered(id, code)),
      },
      answersOthers: async () => this.answersOthers,
      send: async ({ id, thing }, begin) => {
        if (!this.hasToken) throw new Failure('network.offline', 'There is no token.')
        await begin()
        // Written before it is sent, and one at a time.
        expect(this.row(id)?.attempts).toBeGreaterThan(0)
        expect(inFlight.has(thing)).toBe(false)
        inFlight.add(thing)
        return new Promise<void>((resolve, reject) => {
          const copy = { id, thing }
          this.steps.push({
            isOf: 'network',
            copy,
            run: () => {
              const answer = this.arrive(copy)
              inFlight.delete(thing)
              if (!isAlive.now) return
              if (answer === 'applied') resolve()
              else reject(new Failure('server.denied', 'No.'))
            },
            fail: (code) => {
              inFlight.delete(thing)
              if (isAlive.now) reject(new Failure(code, 'Lost.'))
            },
          })
        })
      },
      time,
      changed: (mutation) => this.told.set(mutation.id, mutation),
      applied: async () => {},
      left: () => {},
    })
    this.pass = this.#passes(onDisk, time, turns, isAlive)
    sender.setOpen(this.isOnline)
    return sender
  }

  /** One pass over the project at a time, as a process makes them: what there is, then what is to be sent. */
  #passes(
    onDisk: <Value>(work: () => Value) => Promise<Value>,
    time: Time,
    turns: ArtifactTurns,
    isAlive: { now: boolean },
  ): () => Promise<void> {
    const { database } = this
    const cache = new Proxy({} as Cache, {
      get:
        (_target, method: keyof typeof database) =>
        (...args: never[]) =>
          onDisk(() => (database[method] as (...args: never[]) => unknown)(...args)),
    })
    const commit = (...asked: Commit) =>
      new Promise<CommitAnswer>((resolve, reject) => {
        const copy = { id: `commit ${this.#line}`, thing: asked[0], commit: asked }
        this.steps.push({
          isOf: 'network',
          copy,
          run: () => {
            const answer = this.commit(asked)
            if (isAlive.now) resolve(answer)
          },
          fail: (code) => isAlive.now && reject(new Failure(code, 'Lost.')),
        })
      })
    const versions = async (asked: { fileId: string; revision: number }[]) =>
      asked.map(({ fileId, revision }) => {
        const sha256 = this.files.get(fileId)?.versions[revision - 1]
        return sha256 === undefined ? null : { sha256 }
      })
    const limiter = { run: (_bytes: number, work: () => Promise<unknown>) => work() }
    const progress = openProgress(() => {})
    const send = openPusher({
      cache,
      remote: { commit, versions, limiter } as unknown as ArtifactApi,
      upload: async () => {},
      progress,
      deviceName: 'Test',
      time,
      newId: randomUUID,
      changed: () => {},
      cancellations: new CancellationRegistry(),
      stopped: async () => {},
      turns,
    })
    const { signal } = new AbortController()
    const under = {
      signal,
      retryContext: { now: 0, role: null, uploadRules: null },
      runTransfer: async ({ move, moved }: Transfer) => {
        await move(signal, moved)
        return 'done' as const
      },
      brought: () => {},
    }
    let isBusy = false
    return async () => {
      if (isBusy) return
      isBusy = true
      try {
        this.pull()
        const step = await onDisk(() => database.outOfStep(projectId, false))
        const operations = plan({
          remote: step.files.map((file) => ({ ...file, deleted: false })),
          local: step.edits,
          cached: new Set(),
          wanted: () => false,
        })
        await Promise.allSettled(
          operations.map((each) => each.kind !== 'download' && send(each, under)),
        )
      } catch {
        // The disk was away; there is another pass.
      }
      isBusy = false
      progress.close()
      this.sender.poke()
    }
  }

  pull(): void {
    this.database.applyPull({
      projectId,
      cursor: '1',
      epoch: '1',
      removedArtifacts: [],
      artifacts: things.map((id) => ({
        id,
        projectId,
        title: id,
        description: null,
        kind: 'website',
        status: 'draft',
        isPublic: 0,
        updatedAt: '2026-01-01T00:00:00.000Z',
      })),
      files: [...this.files].map(([id, { artifactId, path, versions }]) => ({
        id,
        artifactId,
        path,
        mediaType: 'text/plain',
        size: 1,
        sha256: versions.at(-1) ?? '',
        revision: versions.length,
        isMain: 0,
        deleted: 0,
      })),
    })
  }

  commit([artifactId, expected, changes]: Commit): CommitAnswer {
    const puts = changes.flatMap((change) => (change.op === 'put' ? [change] : []))
    const there = (fileId: string) => this.files.get(fileId)?.versions ?? []
    const conflicts = puts.filter(
      ({ file_id, sha256 }) =>
        there(file_id).length !== (expected[file_id] ?? 0) && there(file_id).at(-1) !== sha256,
    )
    if (conflicts.length > 0)
      return {
        status: 'conflict',
        conflicts: conflicts.map(({ file_id, path }) => ({
          file_id,
          path,
          reason: 'changed',
          revision: there(file_id).length,
          sha256: there(file_id).at(-1),
        })),
      }
    for (const { file_id, path, sha256 } of puts) {
      if (there(file_id).at(-1) === sha256) continue
      this.files.set(file_id, { artifactId, path, versions: [...there(file_id), sha256] })
      this.fileLog.push({ id: sha256, thing: artifactId, path: this.edits.get(sha256)?.path ?? '' })
    }
    const files = puts.map(({ file_id }) => ({ file_id, revision: there(file_id).length }))
    return { status: 'committed', revision: this.fileLog.length, files }
  }

  edit(thing: string, path: string, sha256 = `edit ${this.#line}`): void {
    this.edits.set(sha256, { thing, path })
    this.lastEdits.set(`${thing} ${path}`, sha256)
    this.line(sha256)
    const change = { fileId: `${thing} ${path}`, artifactId: thing, sha256, size: 1 }
    this.database.saveEdit(change, null, new Date(this.clock).toISOString())
  }

  kill: () => void = () => {}

  row(id: string): QueuedMutation | undefined {
    return this.database.mutations().find((each) => each.id === id)
  }

  arrive(copy: Copy): 'applied' | 'denied' {
    if (copy.commit) {
      this.commit(copy.commit)
      return 'applied'
    }
    if (this.applied.has(copy.id)) return 'applied'
    if (this.denied.has(copy.thing)) return 'denied'
    this.applied.add(copy.id)
    this.log.push(copy)
    if (!this.goesBack.has(copy.id)) return 'applied'
    for (const file of this.files.values())
      if (file.artifactId === copy.thing) file.versions.push(`back by ${copy.id}`)
    this.fileLog.push({ ...copy, path: null })
    return 'applied'
  }

  queue(thing: string, replaces: boolean, goesBack = false): void {
    const id = v7()
    if (goesBack) this.goesBack.add(id)
    const { replaced } = this.database.queueMutation({
      id,
      name: 'x',
      input: '{}',
      thing,
      replaces: replaces ? `all of ${thing}` : null,
      artifactId: goesBack ? thing : null,
    })
    this.things.set(id, thing)
    this.line(id)
    for (const each of replaced) this.gone.add(each.id)
    this.sender.poke()
  }

  retry(id: string): void {
    this.database.retryMutation(id, '{}')
    // One that was done, unheard, is where it was.
    if (!this.applied.has(id)) this.line(id)
    this.sender.poke()
  }

  line(id: string): void {
    this.#line += 1
    this.order.set(id, this.#line)
  }

  release(place: number, how: How): void {
    const [step] = this.steps.splice(place % Math.max(1, this.steps.length), 1)
    if (!step) return
    const { copy } = step
    if (!copy) {
      if (how === 'lost') step.fail('disk.unreadable')
      else step.run()
      return
    }
    // One that others may go past is nowhere on the way: what becomes of that is told in decision 26.
    const isOnTheWay = this.late.some(({ id }) => id === copy.id)
    const isOfNobody = (how === 'nobody' || how === 'doneByNobody') && !isOnTheWay
    const isDelayed = (how === 'twice' || how === 'late') && !this.isBlocked(copy.id)
    if (how === 'answerLost' || how === 'twice' || (isOfNobody && how === 'doneByNobody'))
      this.arrive(copy)
    if (isDelayed) this.late.push(copy)
    if (how === 'through' || how === 'twice') step.run()
    else step.fail(isOfNobody ? 'server.unexpected-answer' : 'network.offline')
  }

  isBlocked(id: string): boolean {
    return (this.row(id)?.refused ?? null) !== null
  }

  async drain(): Promise<void> {
    this.isOnline = true
    // As where rights change: what is on its way is judged before.
    for (const copy of this.late.splice(0)) this.arrive(copy)
    this.denied.clear()
    this.sender.setOpen(true)
    for (let round = 0; round < 3_000; round += 1) {
      for (const { id } of this.database.mutations().filter(({ refused }) => refused !== null))
        this.retry(id)
      if (this.database.outbox().length > 0) void this.pass()
      await settle()
      const { steps, late } = this
      this.steps = []
      for (const step of steps) step.run()
      for (const copy of late.splice(0)) this.arrive(copy)
      this.now += 60_000
      for (const alarm of this.alarms.splice(0)) alarm.ring()
      await settle()
      const isOwed = this.database.mutations().length + this.database.outbox().length > 0
      if (this.steps.length === 0 && !isOwed) return
    }
    throw new Error('It does not come to rest.')
  }
}

type Action = (world: World) => void
/** One of them is busier than the others. */
const thing = fc.constantFrom('harbour', 'harbour', 'harbour', ...things)
const path = fc.constantFrom('a.txt', 'a.txt', ...paths)
const place = fc.nat(20)
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(thing, fc.constantFrom('replaces', 'counts', 'goes back', 'goes back')).map(
      ([thing, kind]): Action =>
        (world) =>
          world.queue(thing, kind === 'replaces', kind === 'goes back'),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(thing, path).map(
      ([thing, path]): Action =>
        (world) =>
          world.edit(thing, path),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constant<Action>((world) => void world.pass()),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: -86_400_000, max: 3_600_000 }).map(
      (ms): Action =>
        (world) => {
          world.clock += ms
        },
    ),
  },
  {
    weight: 14,
    arbitrary: fc.tuple(place, fc.constantFrom(...hows)).map(
      ([at, how]): Action =>
        (world) =>
          world.release(at, how),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.nat(4).map(
      (at): Action =>
        (world) => {
          const [copy] = world.late.splice(at % Math.max(1, world.late.length), 1)
          if (copy) world.arrive(copy)
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.boolean().map(
      (isWritten): Action =>
        (world) => {
          world.kill()
          const steps = world.steps
          world.steps = []
          world.alarms = []
          for (const step of steps) {
            // What went out before may arrive after; what a disk was asked for may be there.
            if (step.copy && world.isBlocked(step.copy.id)) continue
            if (step.copy) world.late.push(step.copy)
            else if (isWritten) step.run()
          }
          world.sender = world.start()
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.boolean().map(
      (isOnline): Action =>
        (world) => {
          world.isOnline = isOnline
          world.sender.setOpen(isOnline)
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...things).map(
      (thing): Action =>
        (world) => {
          // What a server decides of a copy it gets late is another matter: it is let through before rights change.
          const isUnderWay = [...world.late, ...world.steps.map(({ copy }) => copy)].some(
            (copy) => copy?.thing === thing && !copy.commit,
          )
          if (isUnderWay) return
          if (!world.denied.delete(thing)) world.denied.add(thing)
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 100, max: 240_000 }).map(
      (ms): Action =>
        (world) => {
          world.now += ms
          const due = world.alarms.filter(({ at }) => at <= world.now)
          world.alarms = world.alarms.filter(({ at }) => at > world.now)
          for (const alarm of due) alarm.ring()
        },
    ),
  },
  {
    weight: 2,
    arbitrary: place.map(
      (at): Action =>
        (world) => {
          const refused = world.database.mutations().filter((each) => each.refused !== null)
          const one = refused[at % Math.max(1, refused.length)]
          if (one) world.retry(one.id)
        },
    ),
  },
  {
    weight: 1,
    arbitrary: place.map(
      (at): Action =>
        (world) => {
          const rows = world.database.mutations()
          const one = rows[at % Math.max(1, rows.length)]
          if (!one) return
          try {
            world.database.discardMutation(one.id, false)
            world.gone.add(one.id)
          } catch (error) {
            expect(error).toMatchObject({ code: 'mutation.under-way' })
          }
        },
    ),
  },
)

describe('what is written to the server', () => {
  it('is lost never, done twice never, and in the order of its thing, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 120 }), async (actions) => {
        const world = new World()
        for (const act of actions) {
          act(world)
          await settle()
        }
        await world.drain()
        const all = world.log.map(({ id }) => id)
        expect(new Set(all).size).toBe(all.length)
        // What had no answer and gave way may have been done.
        const done = all.filter((id) => !world.gone.has(id))
        const expected = [...world.things.keys()].filter((id) => !world.gone.has(id))
        expect([...done].sort()).toEqual(expected.sort())
        for (const thing of things) {
          const places = world.log
            .filter((each) => each.thing === thing)
            .map(({ id }) => world.order.get(id) ?? 0)
          expect(places).toEqual([...places].sort((one, two) => one - two))
        }
        const sent = new Set(world.fileLog.map(({ id }) => id))
        for (const [file, last] of world.lastEdits) {
          const { thing, path } = world.edits.get(last) ?? { thing: '', path: '' }
          expect([file, sent.has(last)]).toEqual([file, true])
          const places = world.fileLog
            .filter((each) => each.thing === thing && (each.path ?? path) === path)
            .map(({ id }) => world.order.get(id) ?? 0)
          expect(places).toEqual([...places].sort((one, two) => one - two))
        }
        world.database.close()
      }),
      { numRuns: 400 },
    )
  })

  it('is blocked once it is refused, while others of its thing go on; tried again it goes last', async () => {
    const world = new World()
    world.denied.add('ferry')
    world.queue('ferry', false)
    const [first] = world.database.mutations()
    const all = async (): Promise<void> => {
      for (let round = 0; round < 20; round += 1) {
        await settle()
        for (const step of world.steps.splice(0)) step.run()
      }
    }
    await all()
    expect(world.row(first?.id ?? '')).toMatchObject({ refused: 'server.denied', attempts: 1 })
    world.sender.retryNow()
    await all()
    expect(world.row(first?.id ?? '')).toMatchObject({ attempts: 1 })

    world.sender.setOpen(false)
    world.denied.clear()
    world.queue('ferry', false)
    const [, second] = world.database.mutations()
    world.database.retryMutation(first?.id ?? '', '{}')
    world.sender.setOpen(true)
    await all()
    expect(world.log.map(({ id }) => id)).toEqual([second?.id, first?.id])
    expect(world.database.mutations()).toEqual([])
    world.database.close()
  })

  /** All steps, each as it is said by `how`, until nothing is left to be done at once. */
  const all = async (world: World, how: (step: Step) => How = () => 'through') => {
    for (let round = 0; round < 20; round += 1) {
      await settle()
      const [step] = world.steps
      if (!step) return
      world.release(0, how(step))
    }
  }
  const nobody = ({ isOf }: Step): How => (isOf === 'network' ? 'nobody' : 'through')
  const pass = (world: World, ms: number) => {
    world.now += ms
    const due = world.alarms.filter(({ at }) => at <= world.now)
    world.alarms = world.alarms.filter(({ at }) => at > world.now)
    for (const alarm of due) alarm.ring()
  }

  it('is blocked when it alone is not answered for minutes, holds up nothing, and is tried again', async () => {
    const world = new World()
    world.queue('ferry', false)
    const [first] = world.database.mutations()
    const id = first?.id ?? ''
    await all(world, nobody)
    expect(world.sender.troubleOf(id)).toBe('server.unexpected-answer')
    expect(world.row(id)).toMatchObject({ refused: null, attempts: 1 })
    for (let minute = 0; minute < 4; minute += 1) {
      pass(world, 60_000)
      await all(world, nobody)
    }
    const blocked = { refused: 'server.unexpected-answer', unanswered: 1, triesItself: 1 }
    expect(world.row(id)).toMatchObject(blocked)
    expect(world.told.get(id)).toMatchObject(blocked)
    const { attempts } = world.row(id) ?? { attempts: 0 }
    pass(world, 5 * 60_000)
    await all(world, nobody)
    expect(world.row(id)).toMatchObject({ attempts })
    pass(world, 25 * 60_000)
    await all(world, nobody)
    expect(world.row(id)).toMatchObject({ ...blocked, attempts: attempts + 1 })

    world.queue('ferry', false)
    await all(world)
    expect(world.log.map((each) => each.id)).not.toContain(id)
    expect(world.database.mutations()).toMatchObject([{ id, triesItself: 0 }])
    world.database.close()
  })

  it('is not blocked while nobody is answered', async () => {
    const world = new World()
    world.answersOthers = false
    world.queue('ferry', false)
    for (let minute = 0; minute < 9; minute += 1) {
      await all(world, nobody)
      pass(world, 60_000)
    }
    expect(world.database.mutations()).toMatchObject([{ refused: null }])
    world.database.close()
  })

  it('goes out though the queue could not be read, and nobody says anything new', async () => {
    const world = new World()
    world.queue('ferry', false)
    await all(world, () => 'lost')
    expect(world.database.mutations()).toHaveLength(1)
    pass(world, 60_000)
    await all(world)
    expect(world.database.mutations()).toEqual([])
    world.database.close()
  })

  it('is told as it is on the disk when what became of it could not be written', async () => {
    const world = new World()
    world.queue('ferry', false)
    const [first] = world.database.mutations()
    // It is done, and that is not written.
    let isLost = false
    await all(world, ({ isOf }) => {
      const isFirst = !isLost && isOf === 'disk' && world.log.length > 0
      isLost ||= isFirst
      return isFirst ? 'lost' : 'through'
    })
    expect(world.log).toHaveLength(1)
    expect(world.told.get(first?.id ?? '')).toMatchObject({ attempts: 1, refused: null })
    expect(world.sender.isSending(first?.id ?? '')).toBe(false)
    pass(world, 60_000)
    await all(world)
    expect(world.log).toHaveLength(1)
    expect(world.database.mutations()).toEqual([])
    world.database.close()
  })

  it('has not been tried where no request of it went out', async () => {
    const world = new World()
    world.hasToken = false
    world.queue('ferry', true)
    await all(world)
    const [first] = world.database.mutations()
    expect(first).toMatchObject({ attempts: 0 })
    world.queue('ferry', true)
    expect(world.gone).toEqual(new Set([first?.id]))
    world.hasToken = true
    pass(world, 60_000)
    await all(world)
    expect(world.log).toHaveLength(1)
    world.database.close()
  })

  /** Passes until nothing waits, and what was done with files. */
  const ends = async (world: World): Promise<string[]> => {
    for (let round = 0; round < 5; round += 1) {
      void world.pass()
      await all(world)
    }
    expect(world.database.outbox()).toEqual([])
    return world.fileLog.map(({ id }) => id)
  }
  const onlyDisk = async (world: World): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      await settle()
      const place = world.steps.findIndex(({ isOf }) => isOf === 'disk')
      if (place >= 0) world.steps.splice(place, 1)[0]?.run()
    }
  }
  const goBack = (world: World): string => {
    world.queue('ferry', false, true)
    return world.database.mutations().at(-1)?.id ?? ''
  }

  it('goes when an edit of its files that is on its way has come, though a newer one was saved', async () => {
    const world = new World()
    world.edit('ferry', 'a.txt', 'one')
    void world.pass()
    await onlyDisk(world)
    const back = goBack(world)
    world.edit('ferry', 'a.txt', 'two')
    await onlyDisk(world)
    expect(world.steps).toMatchObject([
      { copy: { commit: ['ferry', expect.anything(), expect.anything(), expect.anything()] } },
    ])
    expect(await ends(world)).toEqual(['one', back, 'two'])
    world.database.close()
  })

  it('goes before an edit that a pass meant to send when it was not made yet', async () => {
    const world = new World()
    world.edit('ferry', 'a.txt', 'one')
    void world.pass()
    await settle()
    world.steps.splice(0, 1)[0]?.run()
    const back = goBack(world)
    world.edit('ferry', 'a.txt', 'two')
    expect(await ends(world)).toEqual([back, 'two'])
    world.database.close()
  })

  it('goes before an edit that makes it what the server has', async () => {
    const world = new World()
    const back = goBack(world)
    world.edit('ferry', 'a.txt', 'first')
    void world.pass()
    await onlyDisk(world)
    expect(await ends(world)).toEqual([back, 'first'])
    world.database.close()
  })

  it('is not tried again by itself once an edit of its files has gone past it', async () => {
    for (const isSavedBefore of [true, false]) {
      const world = new World()
      const back = goBack(world)
      if (isSavedBefore) world.edit('ferry', 'a.txt', 'one')
      for (let minute = 0; minute < 5; minute += 1) {
        await all(world, nobody)
        pass(world, 60_000)
      }
      await onlyDisk(world)
      expect(world.row(back)).toMatchObject({ unanswered: 1, triesItself: isSavedBefore ? 0 : 1 })
      if (!isSavedBefore) world.edit('ferry', 'a.txt', 'one')
      expect(await ends(world)).toEqual(['one'])
      pass(world, 60 * 60_000)
      await all(world)
      expect(world.fileLog).toHaveLength(1)
      expect(world.row(back)).toMatchObject({ triesItself: 0 })
      world.database.close()
    }
  })
})
