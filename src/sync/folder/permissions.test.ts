import { describe, expect, it } from 'vitest'
import { type LocalFile, type Operation, placeOf } from './operation.ts'
import {
  mergedExecutable,
  type Permissions,
  packPermissions,
  unpackPermissions,
} from './permissions.ts'
import { planFolder } from './plan.ts'
import type { BaseFile, RemoteFile } from './ports.ts'
import { localChangeOf } from './revert.ts'
import { fileTimeOf, packStamp, sameStamp, unpackStamp } from './stamp.ts'

/** `x`, `-`, or nothing that is told. */
type Bit = 'x' | '-' | ''
const told = (bit: Bit, isOwnerOnly = false): { permissions?: Permissions } =>
  bit === '' ? {} : { permissions: { isExecutable: bit === 'x', isOwnerOnly } }

it.each<[local: Bit, base: Bit, remote: Bit, merged: Bit]>([
  // Nobody changed it; one did; both did the same.
  ['x', 'x', 'x', 'x'],
  ['-', '-', '-', '-'],
  ['x', '-', '-', 'x'],
  ['-', 'x', 'x', '-'],
  ['-', '-', 'x', 'x'],
  ['x', 'x', '-', '-'],
  ['x', '-', 'x', 'x'],
  ['-', 'x', '-', '-'],
  // Of a disk without modes the server has it.
  ['', 'x', '-', '-'],
  ['', '-', 'x', 'x'],
  ['', '', 'x', 'x'],
  // Nobody knows how it was: nothing is taken away.
  ['x', '', '-', 'x'],
  ['-', '', 'x', 'x'],
  ['-', '', '-', '-'],
  // An older server says nothing.
  ['x', '-', '', ''],
  ['x', '', '', ''],
])('here %s, before %s, there %s: %s', (local, base, remote, merged) => {
  expect(mergedExecutable(told(local), told(base), told(remote))).toBe(
    merged === '' ? undefined : merged === 'x',
  )
})

it('a bit that changed is another file, where the clock is too coarse to tell', () => {
  const stamp = { size: 1, modified: '1', changed: '1', identity: '1' }
  const same = (a: Bit, b: Bit) => sameStamp({ ...stamp, ...told(a) }, { ...stamp, ...told(b) })
  expect([same('x', '-'), same('-', 'x')]).toEqual([false, false])
  expect([same('x', 'x'), same('x', ''), same('', '-'), same('', '')]).toEqual(Array(4).fill(true))
  expect(sameStamp({ ...stamp, ...told('x', true) }, { ...stamp, ...told('x') })).toBe(true)
})

it('permissions are a number, and a number is none', () => {
  for (const isExecutable of [true, false])
    for (const isOwnerOnly of [true, false])
      expect(unpackPermissions(packPermissions({ isExecutable, isOwnerOnly }))).toEqual({
        isExecutable,
        isOwnerOnly,
      })
  expect(packPermissions(undefined)).toBeNull()
  expect(unpackPermissions(null)).toBeUndefined()
  const stamp = { size: 1, modified: '2', changed: '3', identity: '4:5' }
  for (const bit of ['x', '-', ''] as const) {
    const whole = { ...stamp, ...told(bit, bit === 'x') }
    expect(unpackStamp(packStamp(whole))).toEqual(whole)
  }
})

it('a time is one that everybody takes for one', () => {
  expect(fileTimeOf('1700000000123456789')).toBe(1_700_000_000_123)
  expect(fileTimeOf('-86400000000000')).toBe(0)
  expect(fileTimeOf('999')).toBe(0)
  expect(new Date(fileTimeOf('999999999999999999999')).toISOString()).toMatch(/^9999-/)
})

describe('a plan', () => {
  const remoteOf = (bit: Bit, change: Partial<RemoteFile> = {}): RemoteFile => ({
    fileId: 'f',
    path: 'a.sh',
    sha256: 'aa',
    size: 1,
    revision: 3,
    ...told(bit),
    ...change,
  })
  const baseOf = (bit: Bit): BaseFile => ({
    fileId: 'f',
    path: 'a.sh',
    sha256: 'aa',
    size: 1,
    revision: 3,
    identity: 'i',
    ...told(bit),
  })
  const localOf = (bit: Bit, change: Partial<LocalFile> = {}): LocalFile => ({
    path: 'a.sh',
    sha256: 'aa',
    size: 1,
    identity: 'i',
    ...told(bit),
    ...change,
  })
  const plan = (
    local: LocalFile | null,
    base: BaseFile | null,
    remote: RemoteFile | null,
    words: string[] = [],
  ): Operation[] => {
    const { operations, deletions } = planFolder(
      {
        local: local ? [local] : [],
        base: base ? [base] : [],
        remote: remote ? [remote] : [],
        isUnknown: () => false,
      },
      {
        deviceName: 'desk',
        now: new Date('2026-01-31T14:03:22'),
        isReverted: (word) => words.includes(word),
      },
    )
    return [...operations, ...deletions]
  }
  const kinds = (...of: Parameters<typeof plan>): string[] =>
    plan(...of).map((each) =>
      each.kind === 'set-executable' ? `set ${each.isExecutable}` : each.kind,
    )

  it('sends the bit of a person, and sets that of another, without bytes', () => {
    expect(plan(localOf('x'), baseOf('-'), remoteOf('-'))).toEqual([
      { kind: 'put', local: localOf('x'), fileId: 'f', expected: 3 },
    ])
    const there = remoteOf('x', { revision: 4 })
    expect(plan(localOf('-'), baseOf('-'), there)).toEqual([
      { kind: 'set-executable', local: localOf('-'), isExecutable: true, base: baseOf('x') },
    ])
    expect(kinds(localOf('x'), baseOf('x'), there)).toEqual(['adopt'])
    expect(kinds(localOf('x'), baseOf('x'), remoteOf('x'))).toEqual([])
  })
  it('leaves the bit to the server where the disk has none', () => {
    expect(kinds(localOf(''), baseOf('x'), remoteOf('x'))).toEqual([])
    expect(kinds(localOf(''), baseOf('-'), remoteOf('x', { revision: 4 }))).toEqual(['adopt'])
    const edited = localOf('', { sha256: 'bb' })
    expect(plan(edited, baseOf('x'), remoteOf('x'))).toEqual([
      { kind: 'put', local: edited, fileId: 'f', expected: 3 },
    ])
  })
  it('takes bytes of one and the bit of another', () => {
    const edit = remoteOf('-', { sha256: 'bb', revision: 4 })
    expect(plan(localOf('x'), baseOf('-'), edit)).toEqual([
      { kind: 'download', remote: edit, over: localOf('x'), keeps: { isExecutable: true } },
    ])
    // First the bit, which is the server's; what is sent then is what is here.
    const marked = remoteOf('x', { revision: 4 })
    expect(kinds(localOf('-', { sha256: 'bb' }), baseOf('-'), marked)).toEqual(['set true'])
    expect(kinds(localOf('x', { sha256: 'bb' }), baseOf('x'), marked)).toEqual(['put'])
    const both = remoteOf('x', { sha256: 'bb', revision: 4 })
    expect(plan(localOf('-'), baseOf('-'), both)).toEqual([
      { kind: 'download', remote: both, over: localOf('-') },
    ])
  })
  it('a version of the bit alone beats a deletion; what nobody has heard of does not', () => {
    expect(kinds(localOf('x'), baseOf('-'), null)).toEqual(['discard'])
    expect(kinds(localOf('-'), baseOf('-'), null)).toEqual(['discard'])
    expect(kinds(null, baseOf('-'), remoteOf('x', { revision: 4 }))).toEqual(['download'])
  })
  it('two that differ in the bit alone are one file, and executable', () => {
    expect(kinds(localOf('x'), null, remoteOf('-'))).toEqual(['adopt'])
    expect(kinds(localOf('x'), baseOf(''), remoteOf('-'))).toEqual(['put'])
    expect(kinds(localOf('-'), baseOf(''), remoteOf('x'))).toEqual(['set true'])
    expect(kinds(localOf('-'), baseOf(''), remoteOf('-'))).toEqual(['adopt'])
  })
  it('a bit that is given up is the server’s again, and nothing is fetched', () => {
    const [put] = plan(localOf('x'), baseOf('-'), remoteOf('-'))
    const word = localChangeOf(put!)!.fingerprint
    expect(kinds(localOf('x'), baseOf('-'), remoteOf('-'), [word])).toEqual(['set false'])
  })
  it('what takes the name of one that nobody else could read is so too', () => {
    const edit = remoteOf('-', { sha256: 'bb', revision: 4 })
    const mine = localOf('-', { sha256: 'cc', ...told('-', true) })
    const [aside, download] = plan(mine, baseOf('-'), edit)
    expect(aside).toMatchObject({ kind: 'step-aside' })
    expect(download).toEqual({
      kind: 'download',
      remote: edit,
      over: null,
      keeps: { isOwnerOnly: true },
    })
    expect(download?.kind === 'download' && placeOf(download)).toBe('a.sh')
  })
})
