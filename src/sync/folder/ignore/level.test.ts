import { expect, test } from 'vitest'
import type { LinkRules } from '../../../contract/left-out.ts'
import { defaultLinkRules } from '../../policy.ts'
import { isNever } from './defaults.ts'
import { type EntryKind, Level, personOf, type RuleTexts } from './level.ts'

const none: RuleTexts = { gitignore: null, atelierignore: null }
/** Why a path is left out, with the topmost of it, where folders have these rule files. */
const open = (
  files: Record<string, Partial<RuleTexts>> = {},
  rules: Partial<LinkRules> = {},
  ignoreCase = false,
) => {
  const textsOf = (folder: string): RuleTexts => ({ ...none, ...files[folder] })
  return (path: string, kind: EntryKind = 'file'): string | null => {
    const segments = path.split('/')
    let level = Level.root(personOf({ ...defaultLinkRules, ...rules }), textsOf(''), ignoreCase)
    for (const [depth, name] of segments.entries()) {
      const here = segments.slice(0, depth + 1).join('/')
      const left = level.of(name, depth === segments.length - 1 ? kind : 'folder')
      if (left) return here === path ? left.reason : `${left.reason} at ${here}`
      level = level.enter(name, textsOf(here))
    }
    return null
  }
}

test('what systems, editors and tools drop is left out, and what only looks like it is not', () => {
  const of = open()
  for (const path of [
    ...['.DS_Store', 'a/.ds_store', 'Thumbs.db', 'desktop.ini', '._a.txt', 'Icon\r'],
    ...['.~lock.plan.odt#', '~$plan.docx', '.plan.md.swp', 'a.swp', 'notes~', '.#notes', '#notes#'],
  ])
    expect([path, of(path)]).toEqual([path, 'litter'])
  expect(of('node_modules', 'folder')).toBe('generated')
  expect(of('a/node_modules/x/y.js')).toBe('generated at a/node_modules')
  expect(of('a/__pycache__', 'folder')).toBe('generated')
  for (const path of [
    ...[
      'Icons',
      'Icon',
      'film.swf',
      'a~b',
      '_a',
      'node_modules',
      'dist/index.html',
      '$a',
      '#1 plan',
    ],
    ...['desktop.init', 'thumbs.dbx', 'build/a.js', 'lock.odt', '.gitignore', '.atelierignore'],
  ])
    expect([path, of(path)]).toEqual([path, null])
})

test('what holds secrets by its name is asked about, and an example of it is not', () => {
  const of = open({ '': { gitignore: '!.env\n', atelierignore: '!.env\n!id_rsa\n' } })
  for (const path of [
    ...['.env', 'a/.env.local', 'prod.env', '.ENV', 'id_rsa', 'id_ed25519', '.netrc', '.pgpass'],
    ...['kubeconfig', 'my.keystore', 'a.p12', '.git-credentials', 'secrets.yaml'],
  ])
    expect([path, of(path)]).toEqual([path, 'private'])
  expect(of('.ssh', 'folder')).toBe('private')
  for (const path of [
    '.env.example',
    '.env.local.example',
    'id_rsa.pub',
    'talk.key',
    'cert.pem',
    'environment',
  ])
    expect([path, of(path)]).toEqual([path, null])
  const said = open({}, { sendAnyway: ['a/.env', '.ssh'] })
  expect(said('a/.env')).toBeNull()
  expect(said('.env')).toBe('private')
  expect(said('.ssh/known_hosts')).toBeNull()
  expect(said('.ssh/id_rsa')).toBe('private')
})

test('version control and folders of ours are never synced, whatever the rules', () => {
  const of = open(
    { '': { atelierignore: '!.git\n!.git/**\n!.atelier' } },
    { sendAnyway: ['.git', '.atelier', 'a/.hg'] },
  )
  for (const name of [
    '.git',
    '.GIT',
    '.Git',
    '.git.',
    '.git ',
    'git~1',
    '.g\u200cit',
    '.hg',
    '.svn',
    '.jj',
    '_darcs',
  ])
    for (const kind of ['file', 'folder', 'link'] as const)
      expect([name, of(`a/${name}`, kind)]).toEqual([name, 'version-control'])
  expect(of('a/b/.Atelier', 'folder')).toBe('nested-link')
  expect(of('a/.git/config')).toBe('version-control at a/.git')
  expect(of('CVS', 'folder')).toBeNull()
  expect(of('CVS/Entries')).toBe('version-control')
  expect(of('CVS/Ada Lovelace.pdf')).toBeNull()
  for (const name of [
    '.gitignore',
    '.gitattributes',
    '.github',
    'git',
    'a.git',
    '.hgignore',
    'atelier',
  ])
    expect([name, of(name)]).toEqual([name, null])
  expect(isNever('a/.GIT/config')).toBe(true)
  expect(isNever('a/.github/config')).toBe(false)
})

test('rules of a folder hold for what is in it; the innermost has the last word; nothing comes back below what is left out', () => {
  const of = open({
    '': { gitignore: '*.log\n/top\nout/\n' },
    a: { gitignore: '!keep.log\nonly\n' },
    'a/b': { gitignore: '*.log' },
    out: { gitignore: '!x' },
  })
  expect(of('x.log')).toBe('gitignore')
  expect(of('a/x.log')).toBe('gitignore')
  expect(of('a/keep.log')).toBeNull()
  expect(of('a/b/keep.log')).toBe('gitignore')
  expect(of('top')).toBe('gitignore')
  expect(of('a/top')).toBeNull()
  expect(of('only')).toBeNull()
  expect(of('a/c/only')).toBe('gitignore')
  expect(of('out')).toBeNull()
  expect(of('out', 'link')).toBeNull()
  expect(of('out/x')).toBe('gitignore at out')
  expect(of('x.LOG')).toBeNull()
  expect(open({ '': { gitignore: '*.log' } }, {}, true)('x.LOG')).toBe('gitignore')
})

test('a quoted slash is a slash', () => {
  const of = open({ '': { gitignore: '**/c\\/**\na\\/b\n\\/f\nd\\\\/e\n' } })
  expect(of('c', 'folder')).toBeNull()
  expect(of('x/c/y')).toBe('gitignore')
  expect(of('a/b')).toBe('gitignore')
  expect(of('d/e')).toBeNull()
  expect(of('f')).toBeNull()
})

test('a folder that inner rules keep is entered, though outer ones leave it out', () => {
  const of = open({ '': { gitignore: 'b [[]1]/\n*.tmp' }, a: { gitignore: '!b [[]1]/' } })
  expect(of('b [1]/x')).toBe('gitignore at b [1]')
  expect(of('a/b [1]/x')).toBeNull()
  expect(of('a/b [1]/c/x')).toBeNull()
  expect(of('a/b [1]/x.tmp')).toBe('gitignore')
})

test('.gitignore is a choice, and can only add; .atelierignore overrules both', () => {
  const files = {
    '': { gitignore: 'dist\n!node_modules\n!*.swp', atelierignore: 'drafts\n!dist\n' },
  }
  const of = open(files)
  expect(of('dist', 'folder')).toBeNull()
  expect(of('dist/a')).toBeNull()
  expect(of('node_modules/a')).toBe('generated at node_modules')
  expect(of('a.swp')).toBe('litter')
  expect(of('drafts/a')).toBe('atelierignore at drafts')
  expect(open({ '': { gitignore: 'dist' } }, { respectGitignore: false })('dist')).toBeNull()
  const kept = open({ '': { atelierignore: '!node_modules\n!*.swp' } })
  expect(kept('node_modules/a/index.js')).toBeNull()
  expect(kept('a.swp')).toBeNull()
})

test('a person leaves out and sends by path, and what is sent brings all that rules leave out in it', () => {
  const of = open(
    { '': { gitignore: 'dist\n*.map', atelierignore: 'notes' } },
    { leftOut: ['Drafts/mine.md', 'question: what'], sendAnyway: ['dist', 'notes', 'a.swp'] },
  )
  expect(of('drafts/Mine.md')).toBe('person')
  expect(of('question: what')).toBe('person')
  expect(of('dist/a.map')).toBeNull()
  expect(of('dist/node_modules/a')).toBeNull()
  expect(of('dist/.DS_Store')).toBe('litter')
  expect(of('dist/.env')).toBe('private')
  expect(of('notes/a')).toBeNull()
  expect(of('a.swp')).toBeNull()
  expect(of('b.map')).toBe('gitignore')
  const { isApart } = personOf({ ...defaultLinkRules, leftOut: ['Drafts'] })
  expect(isApart('drafts/a/b')).toBe(true)
  expect(isApart('drafts 2')).toBe(false)
  expect(isApart('a/.git/HEAD')).toBe(true)
})
