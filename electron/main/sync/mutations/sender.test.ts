import fc from 'fast-check'
import { v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { Failure, type FailureCode } from '../../../../src/domain/failure.ts'
import type { QueuedMutation } from '../../../../src/mutations/queue.ts'
import type { Time } from '../../../../src/transfer/clock.ts'
import { openDatabase } from '../../store/database.ts'
import { MutationSender } from './sender.ts'

/*
 * The queue as it ships, over the database as it ships, against a server that does what the functions in SQL do: a
 * mutation is applied once by its id, or refused. Everything between is at the mercy of the test: which step of which
 * process ends when, what the network does with a request, when the process is killed.
 */

const settle = () => new Promise((resolve) => setImmediate(resolve))
const things = ['harbour', 'lighthouse', 'ferry']

type Copy = { id: string; thing: string }
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
  readonly database = openDatabase(':memory:')
  readonly log: Copy[] = []
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
  sender = this.start()
  /** Where each is in the line of its thing. */
  readonly order = new Map<string, number>()
  readonly things = new Map<string, string>()
  readonly gone = new Set<string>()
  /** What was said of each last. */
  readonly told = new Map<string, QueuedMutation>()
  #line = 0

  start(): MutationSender {
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
      now: () => this.now,
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
    const sender = new MutationSender({
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
    sender.setOpen(this.isOnline)
    return sender
  }

  kill: () => void = () => {}

  row(id: string): QueuedMutation | undefined {
    return this.database.mutations().find((each) => each.id === id)
  }

  arrive(copy: Copy): 'applied' | 'denied' {
    if (this.applied.has(copy.id)) return 'applied'
    if (this.denied.has(copy.thing)) return 'denied'
    this.applied.add(copy.id)
    this.log.push(copy)
    return 'applied'
  }

  queue(thing: string, replaces: boolean): void {
    const id = v7()
    const { replaced } = this.database.queueMutation({
      id,
      name: 'x',
      input: '{}',
      thing,
      replaces: replaces ? `all of ${thing}` : null,
      artifactId: null,
    })
    this.things.set(id, thing)
    this.line(id)
    for (const each of replaced) this.gone.add(each.id)
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
      for (const { id } of this.database.mutations().filter(({ refused }) => refused !== null)) {
        this.database.retryMutation(id, '{}')
        this.line(id)
        this.sender.poke()
      }
      await settle()
      const { steps, late } = this
      this.steps = []
      for (const step of steps) step.run()
      for (const copy of late.splice(0)) this.arrive(copy)
      this.now += 60_000
      for (const alarm of this.alarms.splice(0)) alarm.ring()
      await settle()
      if (this.steps.length === 0 && this.database.mutations().length === 0) return
    }
    throw new Error('It does not come to rest.')
  }
}

type Action = (world: World) => void
const place = fc.nat(20)
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom(...things), fc.boolean()).map(
      ([thing, replaces]): Action =>
        (world) =>
          world.queue(thing, replaces),
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
            (copy) => copy?.thing === thing,
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
          if (!one) return
          world.database.retryMutation(one.id, '{}')
          world.line(one.id)
          world.sender.poke()
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
})
