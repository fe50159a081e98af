import { expect, test } from 'vitest'
import { grouped } from './grouped.ts'

/** Work that ends when it is told to, written down as it is asked for. */
const open = () => {
  const asked: string[] = []
  const ends: (() => void)[] = []
  const wait = (what: string) => {
    asked.push(what)
    return new Promise<void>((end) => ends.push(end))
  }
  const refused = new Set<number>()
  const failed = new Error('away')
  const server = { isAway: false }
  const work = grouped<number, number>(
    async (items) => {
      await wait(items.join('+'))
      if (server.isAway) throw failed
      if (items.some((item) => refused.has(item))) throw new Error('refused')
      return items.map((item) => item * 10)
    },
    async (item) => {
      await wait(String(item))
      if (refused.has(item)) throw new Error(`refused ${item}`)
      return item * 10
    },
    (error) => error !== failed,
  )
  const turn = async () => {
    for (const end of ends.splice(0)) end()
    await new Promise((resolve) => setTimeout(resolve))
  }
  return { asked, work, turn, refused, server }
}

test('the first goes at once, what comes meanwhile goes together', async () => {
  const { asked, work, turn } = open()
  const all = [1, 2, 3].map(work)
  expect(asked).toEqual(['1'])
  await turn()
  expect(asked).toEqual(['1', '2+3'])
  const last = work(4)
  await turn()
  await turn()
  expect(await Promise.all([...all, last])).toEqual([10, 20, 30, 40])
  expect(asked).toEqual(['1', '2+3', '4'])
})

test('one that is refused is refused alone', async () => {
  const { asked, work, turn, refused } = open()
  refused.add(3)
  const all = Promise.allSettled([1, 2, 3, 4].map(work))
  for (let step = 0; step < 3; step += 1) await turn()
  expect((await all).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(asked).toEqual(['1', '2+3+4', '2', '3', '4'])
})

test('a failure that is nobody’s own is everybody’s, and nothing is tried again', async () => {
  const { asked, work, turn, server } = open()
  const all = Promise.allSettled([1, 2, 3].map(work))
  server.isAway = true
  await turn()
  await turn()
  expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  expect(asked).toEqual(['1', '2+3'])
})

test('never more than 64 go together', async () => {
  const { asked, work, turn } = open()
  const all = Array.from({ length: 100 }, (_, item) => work(item))
  for (let step = 0; step < 4; step += 1) await turn()
  await Promise.all(all)
  expect(asked.map((what) => what.split('+').length)).toEqual([1, 64, 35])
})
