import { describe, expect, it } from 'vitest'
import { placeKind } from '../../../../src/contract/folders.ts'
import { type LeftOutEntry, leftOutReason } from '../../../../src/contract/left-out.ts'
import { emptyCounts } from '../../../../src/contract/linking.ts'
import { audienceText } from './audience-text.ts'
import { bothSidesText, countedText, countsWithout } from './counts-text.ts'
import { groupsOf, leftOutText, ruleText } from './left-out-text.ts'
import { pathsOf } from './paths-of.ts'
import { placeText } from './place-text.ts'

const person = (id: string, name: string) => ({ id, name, imageUrl: null, role: 'viewer' })

describe('who sees it', () => {
  it('names people, and says "you"', () => {
    const people = [person('a', 'Ada'), person('b', 'Ben')]
    expect(audienceText({ count: 2, people }, 'a')).toBe(
      'You and Ben can see it, and whoever is let into the project later.',
    )
  })
  it('counts those it does not name', () => {
    const people = ['Ada', 'Ben', 'Chloe', 'Dan', 'Eve'].map((name) => person(name, name))
    expect(audienceText({ count: 90, people }, 'Ada')).toMatch(
      /^You, Ben, Chloe, Dan and 86 others can/,
    )
    expect(audienceText({ count: 5, people }, 'Ada')).toMatch(
      /^You, Ben, Chloe, Dan and one other can/,
    )
  })
  it('does not say "only you" of somebody else', () => {
    expect(audienceText({ count: 1, people: [person('a', 'Ada')] }, 'a')).toMatch(/^Only you/)
    expect(audienceText({ count: 1, people: [person('a', 'Ada')] }, 'b')).toMatch(/^Ada can see it/)
  })
})

describe('what moves', () => {
  it('is said in files and bytes', () => {
    expect(countedText({ files: 0, bytes: 0 })).toBe('Nothing')
    expect(countedText({ files: 1, bytes: 2000 })).toBe('One file · 2 kB')
  })
  it('says what becomes of both sides’ files, and of those that stay', () => {
    const counts = { ...emptyCounts, up: { files: 2, bytes: 1 }, differ: { files: 1, bytes: 1 } }
    expect(bothSidesText(counts, 'both')).toEqual([
      expect.stringMatching(/^One file differs from what is at the server\. Both are kept/),
    ])
    expect(bothSidesText(counts, 'down')[0]).toBe(
      '2 files here are not at the server, and stay here alone.',
    )
  })
})

it('folders that are taken out of a project move nothing', () => {
  const counts = { ...emptyCounts, up: { files: 5, bytes: 50 } }
  const own = { ...emptyCounts, up: { files: 2, bytes: 20 } }
  const artifact = { artifactId: null, title: 'Diary', isThere: true, isPublic: false, counts: own }
  const artifacts = [{ ...artifact, folder: 'diary' }]
  expect(countsWithout({ counts, artifacts }, ['diary']).up).toEqual({ files: 3, bytes: 30 })
  expect(countsWithout({ counts, artifacts }, []).up).toEqual({ files: 5, bytes: 50 })
})

const entry = (path: string, change: Partial<LeftOutEntry> = {}): LeftOutEntry => ({
  path,
  kind: 'file',
  reason: 'litter',
  rule: null,
  source: null,
  canSend: true,
  bytes: 1,
  atServer: 0,
  undecided: 0,
  ...change,
})

describe('what is left out', () => {
  it('has a word for every reason, and every place has one', () => {
    for (const reason of leftOutReason.options) expect(leftOutText[reason].title).not.toBe('')
    for (const kind of placeKind.options)
      for (const severity of ['refuse', 'warn', 'info'] as const)
        for (const detail of [null, '/somewhere'])
          expect(placeText({ kind, severity, detail }, '/here').sentence).not.toMatch(
            /null|undefined/,
          )
  })
  it('stands under its reason, keys and secrets first, and is found by path or rule', () => {
    const entries = [
      entry('a.log', { reason: 'gitignore', rule: '*.log', source: '.gitignore' }),
      entry('.DS_Store'),
      entry('.env', { reason: 'private' }),
    ]
    expect(groupsOf(entries).map(({ reason }) => reason)).toEqual([
      'private',
      'litter',
      'gitignore',
    ])
    expect(groupsOf(entries, '*.LOG').map(({ reason }) => reason)).toEqual(['gitignore'])
    expect(groupsOf(entries, 'nothing like it')).toEqual([])
  })
  it('tells the rule and where it stands', () => {
    expect(ruleText(entry('a', { rule: '*.log', source: 'docs/.gitignore' }))).toBe(
      '*.log in docs/.gitignore',
    )
    expect(ruleText(entry('a'))).toBeNull()
  })
  it('a place that is the folder itself is not named again', () => {
    const git = { kind: 'git', severity: 'info', detail: '/here' } as const
    expect(placeText(git, '/here').sentence).not.toContain('/here')
    expect(placeText(git, '/here/below').sentence).toContain('/here')
  })
})

it('files and the folders they are in can be found by a part of their path', () => {
  const files = ['docs/deep/a.md', 'docs/b.md', 'c.md']
  expect(pathsOf(files, '').map(({ path }) => path)).toEqual([
    ...['docs', 'docs/deep', 'c.md', 'docs/b.md', 'docs/deep/a.md'],
  ])
  expect(pathsOf(files, 'deep')).toEqual([
    { path: 'docs/deep', isFolder: true },
    { path: 'docs/deep/a.md', isFolder: false },
  ])
})
