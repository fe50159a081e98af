import { expect, it, vi } from 'vitest'
import { create } from 'zustand'

vi.stubGlobal('window', {})
const { mirror } = await import('./stores.ts')

const world = () => {
  const store = create<{ word: string }>(() => ({ word: 'nothing' }))
  const answers: ((word: string) => void)[] = []
  let tell: (state: { word: string }) => void = () => {}
  const askAgain = mirror(
    store,
    () => new Promise((resolve) => answers.push((word) => resolve({ word }))),
    (told) => {
      tell = told
    },
  )
  return {
    word: () => store.getState().word,
    answers,
    tell: (word: string) => tell({ word }),
    askAgain,
  }
}
const settled = () => new Promise((resolve) => setTimeout(resolve))

it('says what main answers, and then what it tells', async () => {
  const { word, answers, tell } = world()
  answers[0]?.('answer')
  await settled()
  expect(word()).toBe('answer')
  tell('event')
  expect(word()).toBe('event')
})

it('a late answer never overwrites an event, nor one that was asked for after it', async () => {
  const { word, answers, tell, askAgain } = world()
  tell('event')
  answers[0]?.('late')
  await settled()
  expect(word()).toBe('event')
  askAgain()
  askAgain()
  answers[2]?.('newest')
  await settled()
  answers[1]?.('older')
  await settled()
  expect(word()).toBe('newest')
})

it('what cannot be asked yet is told later', async () => {
  const store = create<{ word: string }>(() => ({ word: 'nothing' }))
  let tell: (state: { word: string }) => void = () => {}
  mirror(
    store,
    () => Promise.reject(new Error('nobody is signed in')),
    (told) => {
      tell = told
    },
  )
  await settled()
  tell({ word: 'event' })
  expect(store.getState().word).toBe('event')
})
