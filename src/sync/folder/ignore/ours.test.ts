import fc from 'fast-check'
import ignore from 'ignore'
import { expect, test } from 'vitest'
import { builtIn } from './defaults.ts'
import { mayBeOurs } from './ours.ts'

test('no name that a rule of ours means is passed over', () => {
  const all = ignore({ ignoreCase: true }).add(builtIn.map(({ rules }) => rules).join('\n'))
  const literal = builtIn.flatMap(({ rules }) => rules.trim().split('\n'))
  // Names that rules mean, or nearly: each rule with something for each of its wildcards.
  const near = fc
    .tuple(
      fc.constantFrom(...literal),
      fc.array(fc.constantFrom('a', '1', '.', 'x y'), { size: 'small' }),
    )
    .map(([rule, more]) =>
      rule
        .replace(/^[!\\]+/, '')
        .replace(/\/$/, '')
        .replace(/\[(.).*\]/, '$1')
        .replace(/[*?]/g, () => more.join('') || 'q'),
    )
  let meant = 0
  fc.assert(
    fc.property(
      fc.oneof(
        near,
        near.map((name) => name.toUpperCase()),
        fc.string({ minLength: 1 }),
      ),
      (name) => {
        if (name.includes('/') || /^\.{1,2}$/.test(name)) return
        const isMeant = all.ignores(name) || all.ignores(`${name}/`)
        if (isMeant) meant += 1
        if (isMeant) expect([name, mayBeOurs(name)]).toEqual([name, true])
      },
    ),
    { numRuns: 3_000 },
  )
  expect(meant).toBeGreaterThan(500)
  expect(['index.html', 'report.docx', 'main.ts', 'photo.jpeg'].filter(mayBeOurs)).toEqual([])
})
