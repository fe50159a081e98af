import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TransferRate } from './transfer-rate.ts'

const steps = fc.array(
  fc.record({ wait: fc.integer({ min: -2_000, max: 20_000 }), bytes: fc.nat(50_000_000) }),
  { maxLength: 80 },
)

describe('speed and time left', () => {
  it('are finite and never negative, whatever the clock does', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: -1000, max: 2 ** 50 }), (all, left) => {
        let now = 0
        let done = 0
        const speed = new TransferRate(() => now)
        for (const { wait, bytes } of all) {
          now += wait
          done += bytes
          speed.note('a', done, done + 1)
          for (const { bytesPerSecond, secondsLeft } of [speed.all(left), speed.of('a', left)]) {
            expect(
              bytesPerSecond === null || (bytesPerSecond >= 0 && Number.isFinite(bytesPerSecond)),
            ).toBe(true)
            expect(secondsLeft === null || (secondsLeft >= 0 && Number.isFinite(secondsLeft))).toBe(
              true,
            )
            if (bytesPerSecond === null) expect(secondsLeft).toBeNull()
          }
        }
      }),
    )
  })

  it('settle on a steady rate within the span, whatever was before', () => {
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1_000, max: 100_000_000 }),
        fc.integer({ min: 20, max: 900 }),
        (before, rate, tick) => {
          let now = 0
          let done = 0
          const speed = new TransferRate(() => now)
          for (const { wait, bytes } of before) {
            now += Math.abs(wait)
            done += bytes
            speed.note('a', done, Number.MAX_SAFE_INTEGER)
          }
          for (const until = now + 12_000; now < until; ) {
            now += tick
            done += Math.round((rate * tick) / 1000)
            speed.note('a', done, Number.MAX_SAFE_INTEGER)
          }
          const { bytesPerSecond, secondsLeft } = speed.all(rate * 60)
          expect(Math.abs((bytesPerSecond ?? 0) - rate)).toBeLessThan(rate * 0.05)
          expect(Math.abs((secondsLeft ?? 0) - 60)).toBeLessThanOrEqual(4)
        },
      ),
    )
  })

  it('say nothing at first, and no end when nothing moves', () => {
    let now = 0
    const speed = new TransferRate(() => now)
    speed.note('a', 0, 1000)
    speed.note('a', 500, 1000)
    expect(speed.all(500)).toEqual({ bytesPerSecond: null, secondsLeft: null })
    now = 2_000
    expect(speed.all(500)).toEqual({ bytesPerSecond: 250, secondsLeft: 2 })
    now = 60_000
    expect(speed.all(500)).toEqual({ bytesPerSecond: 0, secondsLeft: null })
  })

  it('do not count what an earlier try left, nor anything twice', () => {
    let now = 0
    const speed = new TransferRate(() => now)
    speed.note('a', 900_000_000, 1_000_000_000)
    now = 1_000
    speed.note('a', 900_001_000, 1_000_000_000)
    speed.note('a', 900_000_500, 1_000_000_000)
    speed.note('a', 900_001_000, 1_000_000_000)
    speed.note('b', 3_000, 3_000)
    expect(speed.all(0).bytesPerSecond).toBe(4_000)
    expect(speed.of('a', 2_000)).toEqual({ bytesPerSecond: 1_000, secondsLeft: 2 })
  })
})
