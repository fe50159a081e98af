import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultLinkRules } from '../../policy.ts'
import { Level, personOf } from './level.ts'

/*
 * What `.gitignore` leaves out, against git itself: random trees with random rules at several depths. Each case is a
 * folder of one repository, so that one call of git answers for many. The trees are the same in every run;
 * `ATELIER_TREES=<seed>` plays others.
 */
const seed = Number(process.env.ATELIER_TREES ?? 1)

const plain = fc.constantFrom('a', 'b', 'c', 'a.b', 'b.c')
const odd = fc.constantFrom(
  ...['ab', 'abc', 'A', 'a b', 'c ', '[a]', 'a*', '!a', '#a', 'é', 'ü.c', '-', 'a-c', '^'],
)
const name = fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: odd })
const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    'c',
    'A',
    'ab',
    '.',
    '.b',
    '*',
    '*',
    '**',
    '?',
    '/',
    '/',
    '-',
    'é',
    ' ',
    '\\ ',
    '\t',
  ],
  ...[
    '[ab]',
    '[!a]',
    '[^b]',
    '[a-c]',
    '[c-a]',
    '[]a]',
    '[!]]',
    '[a',
    '[[:alpha:]]',
    '[[:upper:]b]',
    '[\\]]',
    '[/]',
  ],
  ...['\\*', '\\a', '\\!', '\\#', '\\[', '\\?', '#', '!', '^', '(', '|', '+', '$', '{a,b}', '\\'],
)
const hard = fc
  .tuple(
    fc.constantFrom('', '', '', '!', '/', '!/', '**/', '\\', '#', ' '),
    fc.array(piece, { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', '', '', '/', '/**', '/*', ' ', '  ', '\\ ', '/ ', '\r'),
  )
  .map(([before, pieces, after]) => before + pieces.join('') + after)
/** As people write them. */
const easy = fc
  .tuple(
    fc.constantFrom('', '', '!', '/', '**/', 'a/', 'b/**/'),
    fc.oneof(plain, fc.constantFrom('*', '?', '*.c', 'a*', '[ab]', '**', '*b', '[!a]*')),
    fc.constantFrom('', '', '/', '/*', '/**', '/a'),
  )
  .map((parts) => parts.join(''))
const line = fc.oneof(easy, hard)
const rules = fc
  .tuple(
    fc.array(line, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('\n', '\n', '\r\n'),
    fc.boolean(),
  )
  .map(([lines, end, isMarked]) => (isMarked ? '\uFEFF' : '') + lines.join(end) + end)
const folder = fc.array(name, { minLength: 0, maxLength: 3 }).map((names) => names.join('/'))
const tree = fc.record({
  files: fc.array(fc.array(name, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
  rules: fc.array(fc.tuple(folder, rules), { minLength: 1, maxLength: 3 }),
})
type Case = { files: string[][]; rules: [string, string][] }

/** Every path of a case, and whether it is a folder; what would be both is a folder. */
const pathsOf = ({ files, rules }: Case): Map<string, boolean> => {
  const paths = new Map<string, boolean>()
  const add = (segments: readonly string[], isFolder: boolean): void => {
    for (let depth = 1; depth <= segments.length; depth += 1) {
      const path = segments.slice(0, depth).join('/')
      paths.set(path, paths.get(path) === true || depth < segments.length || isFolder)
    }
  }
  for (const segments of files) add(segments, false)
  for (const [path] of rules) if (path !== '') add(path.split('/'), true)
  return paths
}

const ours = (each: Case, ignoreCase: boolean): Map<string, boolean> => {
  const texts = new Map(each.rules)
  const textsOf = (path: string) => ({ gitignore: texts.get(path) ?? null, atelierignore: null })
  const found = new Map<string, boolean>()
  for (const [path, isFolder] of pathsOf(each)) {
    let level = Level.root(personOf(defaultLinkRules), textsOf(''), ignoreCase)
    let isOut = false
    const names = path.split('/')
    for (const [depth, segment] of names.entries()) {
      const isLast = depth === names.length - 1
      isOut = level.of(segment, isLast && !isFolder ? 'file' : 'folder') !== null
      if (isOut) break
      if (!isLast) level = level.enter(segment, textsOf(names.slice(0, depth + 1).join('/')))
    }
    found.set(path, isOut)
  }
  return found
}

const gits = (
  root: string,
  cases: readonly Case[],
  ignoreCase: boolean,
): Map<string, boolean>[] => {
  rmSync(root, { recursive: true, force: true })
  mkdirSync(root, { recursive: true })
  const git = (args: string[], input: string): string =>
    execFileSync('git', args, {
      cwd: root,
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { PATH: process.env.PATH, HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
    })
  git(['init', '-q'], '')
  const asked: [number, string][] = []
  for (const [at, each] of cases.entries()) {
    for (const [path, isFolder] of pathsOf(each)) {
      const place = join(root, String(at), path)
      mkdirSync(isFolder ? place : dirname(place), { recursive: true })
      if (!isFolder) writeFileSync(place, '')
      asked.push([at, path])
    }
    // Of two for one folder the last counts, as in a map.
    for (const [path, text] of each.rules) {
      mkdirSync(join(root, String(at), path), { recursive: true })
      writeFileSync(join(root, String(at), path, '.gitignore'), text)
    }
  }
  let answer: string
  const input = asked.map(([at, path]) => `${at}/${path}\0`).join('')
  try {
    answer = git(
      [
        '-c',
        `core.ignorecase=${ignoreCase}`,
        'check-ignore',
        '--no-index',
        '-v',
        '-n',
        '--stdin',
        '-z',
      ],
      input,
    )
  } catch (error) {
    // One says that nothing is ignored.
    const { status, stdout } = error as { status?: number; stdout?: string }
    if (status !== 1 || stdout === undefined) throw error
    answer = stdout
  }
  const fields = answer.split('\0')
  const found = cases.map(() => new Map<string, boolean>())
  for (const [index, [at, path]] of asked.entries()) {
    const [, , pattern = '', told] = fields.slice(index * 4, index * 4 + 4)
    expect(told).toBe(`${at}/${path}`)
    found[at]?.set(path, pattern !== '' && !pattern.startsWith('!'))
  }
  return found
}

/**
 * Where git is not followed: it counts bytes where people count letters, and ignoring case it finds nothing for an
 * escaped capital, because it lowers the name but not what is escaped.
 */
const isOdd = (each: Case, ignoreCase: boolean): boolean => {
  const rules = each.rules.map(([, text]) => text).join('\n')
  if (ignoreCase && /\\[A-Z]/.test(rules)) return true
  return /[?[]/.test(rules) && [...pathsOf(each).keys()].some((path) => /[éü]/.test(path))
}

test.each([
  { ignoreCase: false, wanted: 2_000 },
  { ignoreCase: true, wanted: 500 },
])(
  '$wanted random trees are left out as git does (ignoring case: $ignoreCase)',
  ({ ignoreCase, wanted }) => {
    const root = mkdtempSync(join(tmpdir(), 'atelier-git-ignore-'))
    let done = 0
    let asked = 0
    let out = 0
    try {
      fc.assert(
        fc.property(fc.array(tree, { minLength: 50, maxLength: 50 }), (all) => {
          const cases = all.filter((each) => !isOdd(each, ignoreCase))
          const told = gits(root, cases, ignoreCase)
          for (const [at, each] of cases.entries()) {
            const mine = ours(each, ignoreCase)
            for (const [path, isOut] of told[at] ?? [])
              expect([path, each.rules, mine.get(path)]).toEqual([path, each.rules, isOut])
            asked += mine.size
            out += [...mine.values()].filter(Boolean).length
          }
          done += cases.length
        }),
        { seed, numRuns: Math.ceil(wanted / 35), endOnFailure: true },
      )
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
    expect(done).toBeGreaterThanOrEqual(wanted)
    // Rules that never match, or always do, would prove nothing.
    expect(out / asked).toBeGreaterThan(0.05)
    expect(out / asked).toBeLessThan(0.8)
  },
  300_000,
)
