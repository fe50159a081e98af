import fc from 'fast-check'
import { v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../../../src/domain/failure.ts'
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
/** A step of a process that waits for its turn. */
type Step = {
  run: () => void
  isOf: 'disk' | 'network'
  copy?: Copy
  fail?: () => void
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
  sender = this.start()
  /** Where each is in the line of its thing. */
  readonly order = new Map<string, number>()
  readonly things = new Map<string, string>()
  readonly gone = new Set<string>()
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
        mutations: () => onDisk(() => this.database.mutations()),
        beginMutation: (id) => onDisk(() => this.database.beginMutation(id)),
        mutationApplied: (id) => onDisk(() => this.database.mutationApplied(id)),
        mutationRefused: (id, code) => onDisk(() => this.database.mutationRefused(id, code)),
      },
      send: ({ id, thing }) => {
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
            fail: () => {
              inFlight.delete(thing)
              if (isAlive.now) reject(new Failure('network.offline', 'Lost.'))
            },
          })
        })
      },
      time,
      changed: () => {},
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
      ...{ id, name: 'x', input: '{}', thing },
      replaces: replaces ? `all of ${thing}` : null,
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

  release(place: number, how: 'through' | 'lost' | 'answerLost' | 'twice' | 'late'): void {
    const [step] = this.steps.splice(place % Math.max(1, this.steps.length), 1)
    if (!step) return
    const { copy } = step
    if (copy && (how === 'answerLost' || how === 'twice')) this.arrive(copy)
    if (copy && (how === 'twice' || how === 'late')) this.late.push(copy)
    if (!copy || how === 'through' || how === 'twice') step.run()
    else step.fail?.()
  }

  async drain(): Promise<void> {
    this.isOnline = true
    this.denied.clear()
    this.sender.setOpen(true)
    for (let round = 0; round < 3_000; round += 1) {
      for (const { id } of this.database.mutations().filter(({ refused }) => refused !== null)) {
        this.database.retryMutation(id)
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
    arbitrary: fc
      .tuple(
        place,
        fc.constantFrom('through', 'through', 'through', 'lost', 'answerLost', 'twice', 'late'),
      )
      .map(
        ([at, how]): Action =>
          (world) =>
            world.release(at, how as 'through'),
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
    arbitrary: fc.integer({ min: 100, max: 60_000 }).map(
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
          world.database.retryMutation(one.id)
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
            world.database.discardMutation(one.id)
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
        const done = world.log.map(({ id }) => id)
        expect(new Set(done).size).toBe(done.length)
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

  it('is parked once it is refused, while others of its thing go on; tried again it goes last', async () => {
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
    world.sender.hurry()
    await all()
    expect(world.row(first?.id ?? '')).toMatchObject({ attempts: 1 })

    world.sender.setOpen(false)
    world.denied.clear()
    world.queue('ferry', false)
    const [, second] = world.database.mutations()
    world.database.retryMutation(first?.id ?? '')
    world.sender.setOpen(true)
    await all()
    expect(world.log.map(({ id }) => id)).toEqual([second?.id, first?.id])
    expect(world.database.mutations()).toEqual([])
    world.database.close()
  })
})
