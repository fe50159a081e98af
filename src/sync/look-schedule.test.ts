import { expect, it } from 'vitest'
import { LookSchedule, unheardMs } from './look-schedule.ts'

it('a word is owed a look that began after it and went well', () => {
  const looks = new LookSchedule()
  looks.owe('a')
  expect(looks.owed).toEqual(['a'])
  looks.began('a')
  expect(looks.isDue('a', 0)).toBe(true)
  looks.wentWell('a', 0)
  expect([looks.owed, looks.isDue('a', 1)]).toEqual([[], false])
})

it('one that comes while somebody looks is owed the next look', () => {
  const looks = new LookSchedule()
  looks.began('a')
  looks.owe('a')
  looks.wentWell('a', 0)
  expect(looks.owed).toEqual(['a'])
  looks.began('a')
  looks.wentWell('a', 1)
  expect(looks.owed).toEqual([])
})

it('a look that was broken off is owed still, and one that may not be had is not', () => {
  const looks = new LookSchedule()
  looks.began('a')
  looks.began('a')
  expect(looks.isDue('a', 0)).toBe(true)
  looks.wasDenied('a')
  expect(looks.owed).toEqual([])
})

it('where nobody says anything, somebody looks all the same, seldom', () => {
  const looks = new LookSchedule()
  expect(looks.isDue('a', 0)).toBe(true)
  looks.began('a')
  looks.wentWell('a', 5)
  expect([looks.isDue('a', unheardMs), looks.isDue('a', unheardMs + 5)]).toEqual([false, true])
})

it('what a look finds that nothing was told for somebody has to tell of, before or in a moment', () => {
  const looks = new LookSchedule()
  looks.heard('a')
  looks.began('a')
  expect(looks.unheard('a')).toBeNull()
  looks.wentWell('a', 0)
  looks.began('a')
  const isUnheard = looks.unheard('a')
  expect(isUnheard?.()).toBe(true)
  // Another look meanwhile is no word.
  looks.wentWell('a', 1)
  looks.began('a')
  expect(isUnheard?.()).toBe(true)
  looks.heard('a')
  expect(isUnheard?.()).toBe(false)
})
