import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure, type FailureCode } from '../domain/failure.ts'
import {
  type CommitAnswer,
  CommitQueue,
  type Committable,
  type Committed,
  commitTogether,
} from './commit.ts'

const never = new AbortController().signal
const itemOf = (fileId: string, change: Partial<Committable> = {}): Committable => ({
  fileId,
  name: fileId,
  signal: never,
  pass: never,
  ...change,
})
type Fate = 'goes' | 'conflicts' | 'refused'

/** A server that takes all of a commit or nothing of it. */
const serverOf = (fates: ReadonlyMap<string, Fate>) => {
  const asked: string[][] = []
  const there = new Set<string>()
  const ask = async (items: readonly Committable[]): Promise<CommitAnswer<string>> => {
    const ids = items.map(({ fileId }) => fileId)
    asked.push(ids)
    if (ids.some((id) => fates.get(id) === 'refused'))
      throw new Failure('server.refused-input', 'One of them.')
    const standing = ids.filter((id) => fates.get(id) === 'conflicts')
    if (standing.length > 0)
      return { status: 'conflict', conflicts: new Map(standing.map((id) => [id, `of ${id}`])) }
    for (const id of ids) there.add(id)
    return { status: 'committed', revisions: new Map(ids.map((id) => [id, 7])) }
  }
  return { ask, asked, there }
}

describe('changes that are committed together', () => {
  it('none holds another, each hears once, and what is refused is not there', async () => {
    const fate = fc.constantFrom<Fate>('goes', 'goes', 'goes', 'goes', 'conflicts', 'refused')
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { maxLength: 60 }), async (fates) => {
        const of = new Map(fates.map((each, at) => [`${at}`, each]))
        const { ask, there } = serverOf(of)
        const heard: [string, Committed<string> | FailureCode][] = []
        await commitTogether(
          [...of.keys()].map((id) => itemOf(id)),
          {
            ask,
            tell: ({ fileId }, end) =>
              heard.push([fileId, end instanceof Failure ? end.code : end]),
          },
        )
        const expected = [...of].map(([id, each]) => [
          id,
          each === 'goes'
            ? { status: 'committed', revision: 7 }
            : each === 'conflicts'
              ? { status: 'conflict', conflict: `of ${id}` }
              : 'server.refused-input',
        ])
        expect(heard.length).toBe(fates.length)
        expect(Object.fromEntries(heard)).toEqual(Object.fromEntries(expected))
        expect(there.size).toBe(fates.filter((each) => each === 'goes').length)
      }),
      { numRuns: 300 },
    )
  })
  it('go once each where nothing was answered, and all where all are denied', async () => {
    for (const code of ['network.timeout', 'server.denied', 'server.unavailable'] as const) {
      let asked = 0
      const heard: unknown[] = []
      const items = ['a', 'b', 'c'].map((id) => itemOf(id))
      const ask = async (): Promise<never> => {
        asked += 1
        throw new Failure(code, 'So.')
      }
      await commitTogether(items, { ask, tell: (_item, end) => heard.push(end) })
      expect(asked).toBe(1)
      expect(heard).toEqual(items.map(() => expect.objectContaining({ code })))
    }
  })
  it('a conflict that names nobody is found by asking for each', async () => {
    const told: [string, unknown][] = []
    const items = ['a', 'b'].map((id) => itemOf(id))
    const ask = async (): Promise<CommitAnswer<string>> => ({
      status: 'conflict',
      conflicts: new Map(),
    })
    await commitTogether(items, { ask, tell: ({ fileId }, end) => told.push([fileId, end]) })
    expect(told).toEqual(['a', 'b'].map((id) => [id, { status: 'conflict', conflict: null }]))
  })
})

describe('a commit in which much is refused', () => {
  /** How many requests it takes, and how many of them are on their way at once. */
  const costOf = async (count: number, isRefused: (id: string) => boolean) => {
    let [asked, underWay, most] = [0, 0, 0]
    const heard = new Map<string, string>()
    const ask = async (items: readonly Committable[]): Promise<CommitAnswer<string>> => {
      asked += 1
      underWay += 1
      most = Math.max(most, underWay)
      await new Promise((done) => setImmediate(done))
      underWay -= 1
      const ids = items.map(({ fileId }) => fileId)
      if (ids.some(isRefused)) throw new Failure('file.type-refused', 'One of them.')
      return { status: 'committed', revisions: new Map(ids.map((id) => [id, 1])) }
    }
    const items = Array.from({ length: count }, (_, at) => itemOf(`${at}`))
    await commitTogether(items, {
      ask,
      tell: ({ fileId }, end) =>
        void heard.set(fileId, end instanceof Failure ? end.code : end.status),
    })
    for (const { fileId } of items)
      expect(heard.get(fileId)).toBe(isRefused(fileId) ? 'file.type-refused' : 'committed')
    return { asked, most }
  }
  it('finds one among a thousand by halves', async () => {
    expect((await costOf(1_000, (id) => id === '617')).asked).toBeLessThan(25)
  })
  it('of a thousand that are all refused each is asked once more, several at a time', async () => {
    const { asked, most } = await costOf(1_000, () => true)
    expect(asked).toBeLessThan(1_000 + 100)
    expect(most).toBeGreaterThan(4)
  })
  it('what is about everything ends it: the other half is not asked', async () => {
    let asked = 0
    const heard: string[] = []
    const ask = async (): Promise<never> => {
      asked += 1
      throw asked === 1
        ? new Failure('server.refused-input', 'One of them.')
        : new Failure('network.offline', 'Nobody is there.')
    }
    const items = Array.from({ length: 8 }, (_, at) => itemOf(`${at}`))
    await commitTogether(items, {
      ask,
      tell: (_item, end) => heard.push(end instanceof Failure ? end.code : end.status),
    })
    expect(asked).toBe(2)
    expect(heard).toEqual(items.map(() => 'network.offline'))
  })
  it('bytes that the server has not any more are brought once, and what has none is left out', async () => {
    const asked: string[][] = []
    const told: string[] = []
    const ask = async (items: readonly Committable[]): Promise<CommitAnswer<string>> => {
      asked.push(items.map(({ fileId }) => fileId))
      if (asked.length === 1) throw new Failure('server.conflict', 'Bytes are missing.')
      return { status: 'committed', revisions: new Map(items.map(({ fileId }) => [fileId, 1])) }
    }
    await commitTogether(
      ['a', 'b', 'c'].map((id) => itemOf(id)),
      {
        ask,
        tell: ({ fileId }) => told.push(fileId),
        bringAgain: async (items) => items.filter(({ fileId }) => fileId !== 'b'),
      },
    )
    expect(asked).toEqual([
      ['a', 'b', 'c'],
      ['a', 'c'],
    ])
    expect(told).toEqual(['a', 'c'])
  })
})

describe('the commits of an artifact', () => {
  it('those of another pass go by themselves: the end of one is not that of the other', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
    const asked: string[][] = []
    const { promise: rested, resolve: rest } = Promise.withResolvers<void>()
    const queue = new CommitQueue(async (items: readonly Committable[]) => {
      asked.push(items.map(({ fileId }) => fileId))
      if (asked.length === 1) await answered
      return { status: 'committed', revisions: new Map(items.map(({ fileId }) => [fileId, 1])) }
    }, rest)
    const passes = [new AbortController(), new AbortController()]
    const ends = [0, 0, 1, 0, 1].map((pass, at) =>
      queue.add(itemOf(`${at}`, { pass: passes[pass]!.signal })),
    )
    answer()
    await Promise.all(ends)
    expect(asked).toEqual([['0'], ['1', '3'], ['2', '4']])
    await rested
  })
  it('one edit waits for nobody, and a thousand that come meanwhile go together', async () => {
    const { ask, asked } = serverOf(new Map())
    const queue = new CommitQueue(ask)
    const ids = Array.from({ length: 1_001 }, (_, at) => `${at}`)
    const ends = await Promise.all(ids.map((id) => queue.add(itemOf(id))))
    expect(ends.every(({ status }) => status === 'committed')).toBe(true)
    expect(asked.map(({ length }) => length)).toEqual([1, 1_000])
  })
  it('two of one name do not go together: the second is to meet the first', async () => {
    const { ask, asked } = serverOf(new Map())
    const queue = new CommitQueue(ask)
    const names = ['x', 'a.md', 'b.md', 'a.md', 'c.md']
    await Promise.all(names.map((name, at) => queue.add(itemOf(`${at}`, { name }))))
    expect(asked).toEqual([['0'], ['1', '2', '4'], ['3']])
  })
  it('one that its person stops leaves the others alone; a pass that ends waits for its answer', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
    const pass = new AbortController()
    const own = new AbortController()
    const asked: string[][] = []
    const queue = new CommitQueue(async (items: readonly Committable[]) => {
      asked.push(items.map(({ fileId }) => fileId))
      await answered
      return { status: 'committed', revisions: new Map(items.map(({ fileId }) => [fileId, 1])) }
    })
    const of = { signal: own.signal, pass: pass.signal }
    const first = queue.add(itemOf('first', of))
    const both = { signal: pass.signal, pass: pass.signal }
    const waiting = queue.add(itemOf('waiting', both)).catch((error: Failure) => error.code)
    own.abort()
    await expect(first).rejects.toMatchObject({ code: 'sync.cancelled' })
    const underWay = queue.add(itemOf('late', both)).catch((error: Failure) => error.code)
    pass.abort()
    expect(await Promise.all([waiting, underWay])).toEqual(['sync.cancelled', 'sync.cancelled'])
    answer()
    await new Promise((done) => setImmediate(done))
    expect(asked).toEqual([['first']])

    const held = Promise.withResolvers<void>()
    const other = new CommitQueue(async (items: readonly Committable[]) => {
      await held.promise
      return { status: 'committed', revisions: new Map(items.map(({ fileId }) => [fileId, 1])) }
    })
    const end = new AbortController()
    const kept = other.add(itemOf('kept', { signal: end.signal, pass: end.signal }))
    end.abort()
    held.resolve()
    expect(await kept).toEqual({ status: 'committed', revision: 1 })
  })
})
