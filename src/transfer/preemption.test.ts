import { expect, it } from 'vitest'
import type { Time } from './clock.ts'
import { openPreemption } from './preemption.ts'

const open = () => {
  let now = 0
  let sleepers: { due: number; wake: () => void }[] = []
  const time: Time = {
    now: () => now,
    elapsed: () => now,
    random: () => 0.5,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { due: now + milliseconds, wake: resolve }
        sleepers.push(sleeper)
        signal.addEventListener('abort', () => {
          sleepers = sleepers.filter((each) => each !== sleeper)
          reject(signal.reason)
        })
      }),
  }
  const goTo = async (then: number): Promise<void> => {
    now = then
    for (const { wake } of sleepers.filter(({ due }) => due <= then)) wake()
    sleepers = sleepers.filter(({ due }) => due > then)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { time, goTo, sleepers: () => sleepers.length }
}

it('comes when bytes have moved for a second, and for four times what came before', async () => {
  const { time, goTo } = open()
  const preemption = openPreemption(time)
  preemption.tell()
  await goTo(500)
  expect(preemption.isRaised).toBe(false)
  preemption.moves()
  await goTo(2_499)
  expect(preemption.isRaised).toBe(false)
  const work = preemption.race(new Promise<string>(() => {}))
  await goTo(2_500)
  expect(preemption.isRaised).toBe(true)
  expect(await work).toBe(null)
})

it('comes by itself after a quarter of a minute, and what is done is told before', async () => {
  const { time, goTo } = open()
  const preemption = openPreemption(time)
  preemption.moves()
  expect(await preemption.race(Promise.resolve('done'))).toBe('done')
  await expect(preemption.race(Promise.reject(new Error('cut')))).rejects.toThrow('cut')
  await goTo(14_999)
  expect(preemption.isRaised).toBe(false)
  await goTo(15_000)
  expect(preemption.isRaised).toBe(true)
})

it('is told of what is worth another look in time, and of nothing once it has ended', async () => {
  const { time, goTo, sleepers } = open()
  const preemption = openPreemption(time)
  preemption.moves()
  preemption.within(2_000)
  await goTo(1_999)
  expect(preemption.isRaised).toBe(false)
  await goTo(2_000)
  expect(preemption.isRaised).toBe(true)
  const next = openPreemption(time)
  next.moves()
  next.after(10, () => expect.fail('It had ended.'))
  next.end()
  await goTo(60_000)
  expect([next.isRaised, sleepers()]).toEqual([false, 0])
})
