import { describe, expect, test } from 'vitest'
import { Layer } from './layer.ts'

const of = (rules: string, path: string) =>
  new Layer(rules, '', '.gitignore', false).of(path, false)
const deep = (name: string, depth: number): string => `${'a/'.repeat(depth)}${name}`

/* A file of rules comes from team mates as any other does. */
describe('rules that would take for ever to lay over a path', () => {
  test.each([
    ['five times any folder', '**/a/**/a/**/a/**/a/**/a/b', deep('a', 100)],
    ['twice, in a path as deep as there is', '**/a/**/a/**/b', deep('a', 500)],
    ['a thousand such rules', '**/a/**/a/b\n'.repeat(1_000), deep('a', 60)],
    ['the contrary of one', '!**/a/**/a/**/a/**/a/**/a/b', deep('a', 100)],
  ])('%s: it is left out at once', (_, rules, path) => {
    const began = performance.now()
    expect(of(rules, path)).toMatchObject({ rule: expect.stringContaining('**') })
    expect(performance.now() - began).toBeLessThan(2_000)
  })
  test('of other paths they say what git says', () => {
    const rules = '**/a/**/a/**/a/**/a/**/a/b'
    expect(of(rules, 'a/a/a/a/a/b')).toEqual({ rule: rules })
    expect(of(rules, 'x/a/y/a/z/a/a/a/b')).toEqual({ rule: rules })
    expect(of(rules, 'a/a/a/a/b')).toBeNull()
    expect(of('docs/**/api/**/*_*.json', 'docs/x/y/api/z/a_b.json')).not.toBeNull()
    expect(of('docs/**/api/**/*_*.json', 'docs/x/y/api/z/ab.json')).toBeNull()
    expect(of('**/build/**', `build/${deep('x', 40)}`)).toEqual({ rule: '**/build/**' })
  })
})
