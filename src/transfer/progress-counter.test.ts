import { expect, it } from 'vitest'
import { ProgressCounter } from './progress-counter.ts'

const figures = ({ counts: { filesDone, filesTotal, bytesDone, bytesTotal } }: ProgressCounter) => [
  `${filesDone} of ${filesTotal}`,
  `${bytesDone} of ${bytesTotal}`,
]

it('goes on over a new plan, and never counts twice', () => {
  const tally = new ProgressCounter()
  tally.plan([
    ['film', 100],
    ['note', 10],
  ])
  tally.moved('film', 30)
  expect(figures(tally)).toEqual(['0 of 2', '30 of 110'])
  tally.finished('note')
  expect(figures(tally)).toEqual(['1 of 2', '40 of 110'])
  tally.plan([
    ['film', 100],
    ['late', 5],
  ])
  expect(figures(tally)).toEqual(['1 of 3', '40 of 115'])
  // Begun anew, and told of once more.
  tally.dropped('film')
  tally.moved('film', 20)
  expect(figures(tally)).toEqual(['1 of 3', '30 of 115'])
  tally.leftOut('late')
  tally.finished('film')
  expect(figures(tally)).toEqual(['2 of 2', '110 of 110'])
})

it('counts nothing of what is on its way for others', () => {
  const tally = new ProgressCounter()
  tally.plan([['film', 100]])
  tally.moved('film', 60)
  tally.begin()
  tally.plan([['note', 10]])
  tally.moved('film', 70)
  expect(figures(tally)).toEqual(['0 of 1', '0 of 10'])
  tally.finished('note')
  tally.begin()
  tally.plan([['film', 100]])
  expect(figures(tally)).toEqual(['0 of 1', '70 of 100'])
})
