import { expect, it } from 'vitest'
import { ProgressCounter } from './progress-counter.ts'

const figures = ({ counts: { filesDone, filesTotal, bytesDone, bytesTotal } }: ProgressCounter) => [
  `${filesDone} of ${filesTotal}`,
  `${bytesDone} of ${bytesTotal}`,
]

it('goes on over a new plan, and never counts twice', () => {
  const counter = new ProgressCounter()
  counter.plan([
    ['film', 100],
    ['note', 10],
  ])
  counter.moved('film', 30)
  expect(figures(counter)).toEqual(['0 of 2', '30 of 110'])
  counter.finished('note')
  expect(figures(counter)).toEqual(['1 of 2', '40 of 110'])
  counter.plan([
    ['film', 100],
    ['late', 5],
  ])
  expect(figures(counter)).toEqual(['1 of 3', '40 of 115'])
  // Begun anew, and told of once more.
  counter.dropped('film')
  counter.moved('film', 20)
  expect(figures(counter)).toEqual(['1 of 3', '30 of 115'])
  counter.leftOut('late')
  counter.finished('film')
  expect(figures(counter)).toEqual(['2 of 2', '110 of 110'])
})

it('counts nothing of what is on its way for others', () => {
  const counter = new ProgressCounter()
  counter.plan([['film', 100]])
  counter.moved('film', 60)
  counter.begin()
  counter.plan([['note', 10]])
  counter.moved('film', 70)
  expect(figures(counter)).toEqual(['0 of 1', '0 of 10'])
  counter.finished('note')
  counter.begin()
  counter.plan([['film', 100]])
  expect(figures(counter)).toEqual(['0 of 1', '70 of 100'])
})
