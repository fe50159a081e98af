import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const folder = new URL('../docs/decisions/', import.meta.url)
const files = readdirSync(folder).toSorted()

it.each(files)('%s has a number, a day, a context and alternatives', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8')
  const number = Number(/^\d{4}/.exec(file)?.[0])

  expect(text).toMatch(new RegExp(`^# ${number}\\. .+\\n\\n\\d{4}-\\d{2}-\\d{2} · accepted[;\\n]`))
  expect(text).toMatch(/^(\*\*Context\.\*\*|## Context$)/m)
  expect(text).toMatch(/^(\*\*Alternatives\.\*\*|## Alternatives$)/m)
})

it('gives no number twice', () => {
  const numbers = files.map((file) => file.slice(0, 4))
  expect(new Set(numbers).size).toBe(numbers.length)
})
