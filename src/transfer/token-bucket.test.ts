import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Pace, paced, portionBytes, TokenBucket } from './token-bucket.ts'

/** Time that passes when told to; `late` is how much every timer oversleeps. */
const handTime = (late: () => number = () => 0) => {
  let now = 0
  let sleepers: { at: number; wake: () => void }[] = []
  const pace: Pace = {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { at: now + milliseconds + late(), wake: resolve }
        sleepers.push(sleeper)
        signal.addEventListener('abort', () => {
          sleepers = sleepers.filter((each) => each !== sleeper)
          reject(signal.reason)
        })
      }),
  }
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    pace,
    settle,
    jump: (to: number) => {
      now = to
    },
    /** Lets time pass until nobody sleeps any more, or until a moment. */
    run: async (until = Number.POSITIVE_INFINITY) => {
      for (;;) {
        await settle()
        const next = sleepers.toSorted((a, b) => a.at - b.at)[0]
        if (!next || next.at > until) break
        sleepers = sleepers.filter((each) => each !== next)
        now = Math.max(now, next.at)
        next.wake()
      }
      if (until !== Number.POSITIVE_INFINITY) now = Math.max(now, until)
    },
  }
}
const never = new AbortController().signal
const sizes = fc.array(fc.integer({ min: 1, max: portionBytes }), { minLength: 1, maxLength: 60 })
const rates = fc.integer({ min: 1_000, max: 50_000_000 })

describe('a token bucket', () => {
  it('lets pass at most rate·t + burst in any span, in order, and everybody in the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        rates,
        sizes,
        fc.array(fc.nat(3_000), { minLength: 1, maxLength: 8 }),
        fc.nat(20),
        async (rate, asked, pauses, late) => {
          const time = handTime(() => late)
          const bucket = new TokenBucket(time.pace, rate)
          const granted: { at: number; bytes: number; index: number }[] = []
          for (const [index, bytes] of asked.entries()) {
            void bucket
              .take(bytes, never)
              .then(() => granted.push({ at: time.pace.now(), bytes, index }))
            if (index % 8 === 7)
              await time.run(time.pace.now() + (pauses[index % pauses.length] ?? 0))
          }
          await time.run()
          expect(granted.map(({ index }) => index)).toEqual(asked.map((_, index) => index))
          for (const [from, first] of granted.entries()) {
            let sum = 0
            for (const { at, bytes } of granted.slice(from)) {
              sum += bytes
              const most = ((at - first.at) / 1000) * rate + bucket.burst
              expect(sum).toBeLessThanOrEqual(most + 1e-6 * most)
            }
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  it('wastes little: what waits goes out at the rate', async () => {
    await fc.assert(
      fc.asyncProperty(rates, sizes, async (rate, asked) => {
        const time = handTime()
        const bucket = new TokenBucket(time.pace, rate)
        const all = Promise.all(asked.map((bytes) => bucket.take(bytes, never)))
        await time.run()
        await all
        const bytes = asked.reduce((sum, each) => sum + each, 0)
        const least = Math.max(0, ((bytes - bucket.burst) / rate) * 1000)
        // Timers know whole milliseconds.
        expect(time.pace.now()).toBeLessThanOrEqual(least + asked.length + 1)
      }),
      { numRuns: 100 },
    )
  })

  it('whoever leaves the queue holds nobody up', async () => {
    await fc.assert(
      fc.asyncProperty(
        rates,
        fc.array(
          fc.record({ bytes: fc.integer({ min: 1, max: portionBytes }), leaves: fc.boolean() }),
          {
            minLength: 1,
            maxLength: 30,
          },
        ),
        async (rate, asked) => {
          const time = handTime()
          const bucket = new TokenBucket(time.pace, rate)
          await bucket.take(portionBytes, never)
          const ends = asked.map(({ bytes, leaves }) => {
            const abort = new AbortController()
            return {
              leaves,
              abort,
              end: bucket.take(bytes, abort.signal).then(() => 'through', String),
            }
          })
          for (const { leaves, abort } of ends) if (leaves) abort.abort()
          await time.run()
          for (const { leaves, end } of ends) {
            if (!leaves) expect(await end).toBe('through')
            else expect(await end).toMatch(/through|Cancelled/)
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  it('a new rate holds from now on, and no limit lets everybody go', async () => {
    const time = handTime()
    const bucket = new TokenBucket(time.pace, 1_000)
    let through = 0
    for (let count = 0; count < 20; count += 1)
      void bucket.take(portionBytes, never).then(() => {
        through += 1
      })
    await time.run(1_000)
    expect(through).toBe(1)
    bucket.setRate(portionBytes)
    await time.run(5_100)
    expect(through).toBeGreaterThanOrEqual(5)
    expect(through).toBeLessThanOrEqual(6)
    bucket.setRate(null)
    await time.settle()
    expect(through).toBe(20)
  })

  it('a clock that is set back or forward neither stops it nor floods', async () => {
    const time = handTime()
    const bucket = new TokenBucket(time.pace, 100_000)
    time.jump(1_000_000)
    await bucket.take(portionBytes, never)
    time.jump(0)
    const second = bucket.take(portionBytes, never)
    await time.run()
    await second
    expect(time.pace.now()).toBeGreaterThan(0)
    expect(time.pace.now()).toBeLessThan(1_000)
  })

  it('bytes come out as they went in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 3 * portionBytes }), { maxLength: 5 }),
        fc.option(rates),
        async (chunks, rate) => {
          const time = handTime()
          const bucket = new TokenBucket(time.pace, rate)
          let passed = 0
          const read = async () => {
            const out: Uint8Array[] = []
            const body = (async function* () {
              yield* chunks
            })()
            for await (const chunk of paced(body, bucket, never, (bytes) => {
              passed += bytes
            }))
              out.push(chunk)
            return Buffer.concat(out)
          }
          const reading = read()
          await time.run()
          const bytes = await reading
          expect(bytes.equals(Buffer.concat(chunks))).toBe(true)
          expect(passed).toBe(bytes.length)
        },
      ),
      { numRuns: 60 },
    )
  })
})
