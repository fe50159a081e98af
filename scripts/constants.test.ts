import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** Of what it is so many. Whoever counts something else adds its word. */
const unit =
  /(Ms|Seconds|Days|Bytes|Letters|Px|Levels|Share|Files|Paths|Rows|Entries|Slots|Tries|Failures|Deletions|AtOnce|Per[A-Z]\w+)$/
/** With these a plural is enough: `maxViews`. */
const bound = /^(max|min)[A-Z]/
/** No quantities: numbers of a protocol, of a form, of a version. */
const names = new Set([
  ...['policyViolation', 'tryAgainLater', 'goingAway', 'serviceRestart', 'clientBroadcast'],
  ...['json', 'form', 'formOfRows', 'noRevision', 'free', 'left', 'embeddedPostgresMajor'],
  'proxyWantsSignInStatus',
  // Said so in the catalogues of words.
  'shortestPassword',
])
const declaration = /^(?:export )?const (\w+) = -?\d[\d_.]*(?: (?:[*+/-]|\*\*) [\w.]+)*$/gm

const wanting = (text: string): string[] =>
  [...text.matchAll(declaration)].flatMap(([, name = '']) =>
    unit.test(name) || bound.test(name) || names.has(name) ? [] : name,
  )

it('knows a number without a unit from one with', () => {
  const text =
    'const beat = 60_000\nexport const dayLong = 24 * 3600_000\nconst restMs = 5\nconst maxViews = 4\nconst step = 0.5'
  expect(wanting(text)).toEqual(['beat', 'dayLong', 'step'])
})

it('every number of the product says its unit', () => {
  const files = globSync('{src,electron,renderer,host,operations}/**/*.{ts,tsx}').filter(
    (file) => !/\.test\.tsx?$/.test(file),
  )
  const found = files.flatMap((file) =>
    wanting(readFileSync(file, 'utf8')).map((name) => `${file}: ${name}`),
  )

  expect(files.length).toBeGreaterThan(500)
  expect(found).toEqual([])
})

/** A literal spread into a literal hides its keys from a reader, and nothing from the machine. */
const spreadLiteral = /\.\.\.\{\s/g

it('no object is written into an object by a spread', () => {
  expect('{ ...{ a: 1 }, b, ...(c && { d }) }'.match(spreadLiteral)).toHaveLength(1)
  const files = globSync(
    '{src,electron,renderer,host,operations,scripts,tests}/**/*.{ts,tsx}',
  ).filter((file) => file !== 'scripts/constants.test.ts')
  expect(files.filter((file) => readFileSync(file, 'utf8').match(spreadLiteral))).toEqual([])
})
