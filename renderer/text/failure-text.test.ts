import { describe, expect, test } from 'vitest'
import { failureCodes } from '../../src/domain/failure.ts'
import { failureText } from './failure-text.ts'

describe('failure text', () => {
  test.each(failureCodes)('%s has words and a way out', (code) => {
    const text = failureText[code]
    for (const part of [text.title, text.sentence, text.remedy]) {
      expect(part.length).toBeGreaterThan(8)
      expect(failureCodes.filter((other) => other.includes('.') && part.includes(other))).toEqual(
        [],
      )
      expect(part).not.toMatch(/\b(Error|exception|undefined|null|JWT|RLS|HTTP|\d{3})\b/)
    }
    expect(text.title).not.toMatch(/[.!]$/)
    expect(text.remedy).toMatch(/\.$/)
  })

  test('covers the table exactly', () => {
    expect(Object.keys(failureText).toSorted()).toEqual([...failureCodes].toSorted())
  })
})
