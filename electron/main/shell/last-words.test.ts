import { expect, test } from 'vitest'
import { LastWords } from './last-words.ts'

test('two who wait for the last words both hear of them, and the page is asked each time', async () => {
  let asked = 0
  const words = new LastWords(() => {
    asked += 1
  })
  const first = words.said()
  const second = words.said()
  expect(asked).toBe(2)
  words.heard()
  await Promise.all([first, second])
  let isHeard = false
  const third = words.said().then(() => {
    isHeard = true
  })
  await Promise.resolve()
  expect(isHeard).toBe(false)
  words.heard()
  await third
})
