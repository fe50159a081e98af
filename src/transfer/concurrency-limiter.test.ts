import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { ConcurrencyLimiter, mapLimited } from './concurrency-limiter.ts'

const kilobyte = 1024
const chunk = 6 * kilobyte * kilobyte
const turns = async (count = 5): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Work that ends when it is told to. */
const openWork = (limiter: ConcurrencyLimiter) => {
  const open: { bytes: number; end: (error?: Error) => void }[] = []
  const add = (bytes: number): void =>
    void limiter
      .run(
        bytes,
        () =>
          new Promise<void>((resolve, reject) => {
            const mine = {
              bytes,
              end: (error?: Error) => {
                open.splice(open.indexOf(mine), 1)
                if (error) reject(error)
                else resolve()
              },
            }
            open.push(mine)
          }),
      )
      .catch(() => {})
  return { open, add }
}

describe('lanes', () => {
  it('who gives up leaves the queue at once, and holds up nobody', async () => {
    const limiter = new ConcurrencyLimiter()
    const { open, add } = openWork(limiter)
    for (let file = 0; file < 3; file += 1) add(chunk)
    const [own, none] = [new AbortController(), new AbortController()]
    none.abort()
    const waiting = limiter.run(chunk, () => expect.fail('It was given up.'), own.signal)
    const late = limiter.run(chunk, () => expect.fail('It was given up.'), none.signal)
    add(chunk)
    own.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'sync.cancelled' })
    await expect(late).rejects.toMatchObject({ code: 'sync.cancelled' })
    open[0]?.end()
    await turns()
    expect(open.length).toBe(3)
  })
  it('begins with eight small and three large files, and neither waits for the other', async () => {
    const { open, add } = openWork(new ConcurrencyLimiter())
    for (let file = 0; file < 20; file += 1) add(chunk)
    for (let file = 0; file < 20; file += 1) add(kilobyte)
    await turns()
    expect(open.filter(({ bytes }) => bytes === chunk)).toHaveLength(3)
    expect(open.filter(({ bytes }) => bytes === kilobyte)).toHaveLength(8)
  })
  it('shares five connections where there are few, of which large files take two', async () => {
    const limiter = new ConcurrencyLimiter()
    limiter.fewConnections()
    const { open, add } = openWork(limiter)
    for (let file = 0; file < 40; file += 1) add(chunk)
    for (let file = 0; file < 200; file += 1) add(kilobyte)
    const large = () => open.filter(({ bytes }) => bytes === chunk).length
    for (let ended = 0; ended < 100; ended += 1) {
      await turns()
      expect([open.length, large()]).toEqual([5, 2])
      open.find(({ bytes }) => bytes === kilobyte)?.end()
    }
    const own = new AbortController()
    const waiting = limiter.run(kilobyte, () => expect.fail('It was given up.'), own.signal)
    own.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'sync.cancelled' })
    while (open.length > 0) {
      open[0]?.end()
      await turns()
    }
    // Whoever gave up has left no trace.
    for (let file = 0; file < 9; file += 1) add(kilobyte)
    await turns()
    expect(open.length).toBe(5)
  })
  it('finds thirty-two at once within a hundred small files, and no more ever', async () => {
    const limiter = new ConcurrencyLimiter()
    const { open, add } = openWork(limiter)
    for (let file = 0; file < 400; file += 1) add(kilobyte)
    await turns()
    for (let file = 0; file < 100; file += 1) {
      open[0]!.end()
      await turns(2)
      expect(open.length).toBeLessThanOrEqual(32)
    }
    expect(limiter.limits.small).toBe(32)
  })
  it('does not grow for those who do not use what there is', async () => {
    const limiter = new ConcurrencyLimiter()
    for (let file = 0; file < 50; file += 1) await limiter.run(kilobyte, async () => {})
    expect(limiter.limits).toEqual({ small: 8, large: 3 })
  })
  it('halves once for all answers to one round, down to one, and grows slowly after that', async () => {
    const limiter = new ConcurrencyLimiter()
    const { generation: round } = limiter
    for (let answer = 0; answer < 24; answer += 1) limiter.onCongestion(round)
    expect(limiter.limits).toEqual({ small: 4, large: 1 })
    for (let answer = 0; answer < 9; answer += 1) limiter.onCongestion(limiter.generation)
    expect(limiter.limits).toEqual({ small: 1, large: 1 })
    const { open, add } = openWork(limiter)
    for (let file = 0; file < 100; file += 1) add(kilobyte)
    await turns()
    const limits: number[] = []
    for (let file = 0; file < 12; file += 1) {
      open[0]!.end()
      await turns(2)
      limits.push(limiter.limits.small)
    }
    // About one more for each round that went well.
    expect(limits).toEqual([2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 5])
  })
  it('keeps no more chunks in memory than four, and always goes on', async () => {
    const size = fc.integer({ min: 1, max: 3 * chunk })
    const event = fc.oneof(
      fc.record({ add: size }),
      fc.record({ end: fc.nat(), well: fc.boolean() }),
      fc.constant('strain' as const),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 120 }), async (events) => {
        const limiter = new ConcurrencyLimiter()
        const { open, add } = openWork(limiter)
        let added = 0
        let ended = 0
        for (const each of events) {
          if (each === 'strain') limiter.onCongestion(limiter.generation)
          else if ('add' in each) {
            add(each.add)
            added += 1
          } else if (open.length > 0) {
            open[each.end % open.length]!.end(each.well ? undefined : new Error('lost'))
            ended += 1
          }
          await turns(1)
          const large = open.filter(({ bytes }) => bytes > 256 * kilobyte)
          const held = large.reduce((sum, { bytes }) => sum + Math.min(bytes, chunk), 0)
          expect(held).toBeLessThanOrEqual(4 * chunk)
        }
        while (open.length > 0) {
          open[0]!.end()
          ended += 1
          await turns(1)
        }
        expect(ended).toBe(added)
      }),
      { numRuns: 150 },
    )
  })
})

describe('a list of files within limits', () => {
  it('moves each once and lets small ones pass large ones', async () => {
    const limiter = new ConcurrencyLimiter()
    const done: number[] = []
    const sizes = [...Array.from({ length: 10 }, () => chunk), 1, 2, 3]
    await mapLimited(
      limiter,
      sizes,
      (size) => size,
      async (size) => {
        if (size === chunk) await turns()
        done.push(size)
      },
    )
    expect(done.slice(0, 3)).toEqual([1, 2, 3])
    expect(done).toHaveLength(sizes.length)
  })
  it.each([400, 1_000, 5_000])(
    'is faster than twenty-four at once, fixed, for %i files far away',
    async (count) => {
      vi.useFakeTimers()
      try {
        const from = Date.now()
        let end = 0
        const far = () => new Promise<void>((resolve) => setTimeout(resolve, 20))
        const files = Array.from({ length: count }, () => 4096)
        void mapLimited(new ConcurrencyLimiter(), files, (size) => size, far).then(() => {
          end = Date.now()
        })
        await vi.runAllTimersAsync()
        expect(end - from).toBeGreaterThan(0)
        expect(end - from).toBeLessThanOrEqual(Math.ceil(count / 24) * 20)
      } finally {
        vi.useRealTimers()
      }
    },
  )
  it('ends with the first failure when those under way have ended', async () => {
    let under = 0
    let begun = 0
    const files = Array.from({ length: 200 }, (_, place) => place)
    const all = mapLimited(
      new ConcurrencyLimiter(),
      files,
      () => 1,
      async (place) => {
        begun += 1
        under += 1
        await turns(1)
        under -= 1
        if (place === 3) throw new Error('the disk is full')
      },
    )
    await expect(all).rejects.toThrow('the disk is full')
    expect(under).toBe(0)
    expect(begun).toBeLessThan(40)
  })
})
