import { expect, it } from 'vitest'
import { budgetsS, gateS, judge, judgeGate, slownessOf } from './budget.ts'

const files = [
  { file: 'quick.test.ts', seconds: 1 },
  { file: 'slow.test.ts', seconds: 120.4 },
]

const all = Object.values(budgetsS).reduce((sum: number, each) => sum + each, 0)

it('all suites together fit into what the gate may take', () => {
  expect(all).toBeLessThanOrEqual(gateS)
})

it('the gate fails when all suites together take a fifth more than it may, though none fails by itself', () => {
  const each = (times: number, slowness = 1) =>
    Object.values(budgetsS).map((budget) => ({ seconds: budget * times, slowness }))
  expect(judgeGate(each(1)).fails).toBe(false)
  const times = (gateS * 1.2) / all
  expect(judgeGate(each(times - 0.02)).fails).toBe(false)
  expect(judgeGate(each(times + 0.02)).fails).toBe(true)
  expect(times).toBeLessThan(2)
  // On a computer of half the speed it is the same of twice the time.
  expect(judgeGate(each(2 * times - 0.04, 2)).fails).toBe(false)
  expect(judgeGate(each(2 * times + 0.04, 2)).fails).toBe(true)
})

it('one busy moment is not the pace of a suite, and nobody is given less than the whole', () => {
  expect(slownessOf([165, 160, 900, 170, 2_000, 166])).toBeLessThan(1.1)
  expect(slownessOf([330, 320, 340, 160, 335])).toBeGreaterThan(1.9)
  expect(slownessOf([80, 80, 80])).toBe(1)
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
