import { expect, it } from 'vitest'
import { budgetsS, gateS, judge } from './budget.ts'

const files = [
  { file: 'quick.test.ts', seconds: 1 },
  { file: 'slow.test.ts', seconds: 120.4 },
]

it('all suites together fit into what the gate may take', () => {
  const all = Object.values(budgetsS).reduce((sum: number, each) => sum + each, 0)
  expect(all).toBeLessThanOrEqual(gateS)
})

it('a suite within its budget is not mentioned', () => {
  expect(judge('db', budgetsS.db, 1, files)).toEqual({ lines: [], fails: false })
})

it('who is over it is told with the slowest files first, and fails at twice as much', () => {
  const over = judge('db', budgetsS.db + 1, 1, files)
  expect(over.fails).toBe(false)
  expect(over.lines).toEqual([
    `db took ${budgetsS.db + 1} s, and may take ${budgetsS.db} s. Its slowest files:`,
    '   120 s  slow.test.ts',
    '     1 s  quick.test.ts',
  ])
  expect(judge('db', 2 * budgetsS.db, 1, files).fails).toBe(false)
  expect(judge('db', 2 * budgetsS.db + 1, 1, files).fails).toBe(true)
})

it('a computer of half the speed has twice the time', () => {
  expect(judge('db', 2 * budgetsS.db, 2, files).lines).toEqual([])
  expect(judge('db', 4 * budgetsS.db + 1, 2, files).fails).toBe(true)
})
