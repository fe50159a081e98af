import { describe, expect, it } from 'vitest'
import type { LinkDirection } from '../../contract/folders.ts'
import { LeavingOut } from './left-out.ts'
import { PlanFilter } from './plan-filter.ts'
import type { BaseFile, RemoteFile } from './ports.ts'
import { emptyState } from './state.ts'

/** What was the same everywhere, and what it is by now: hashes, null is gone. */
type File = { was: string | null; here: string | null; there: string | null }

const plan = (
  direction: LinkDirection,
  files: Record<string, File>,
  decided: readonly string[] = [],
) => {
  const state = emptyState()
  for (const [path, { was, here, there }] of Object.entries(files)) {
    const row: RemoteFile = { fileId: path, path, sha256: '', size: 1, revision: 1 }
    const base: BaseFile = { ...row, sha256: was ?? '', identity: path }
    if (was !== null) state.base.set(path, base)
    if (there !== null)
      state.remote.set(path, { ...row, sha256: there, revision: there === was ? 1 : 2 })
    const stamp = { size: 1, modified: '1', changed: '1', identity: path }
    if (here !== null) state.known.set(path, { path, stamp, sha256: here, hashedAt: 1 })
  }
  const planFilter = new PlanFilter({ now: () => 0 }, new LeavingOut(), {
    deviceName: 'desk',
    direction,
  })
  const kinds = () => planFilter.plan(state, []).map(({ kind }) => kind)
  for (const fileId of decided) state.decided.add(fileId)
  return { planFilter, kinds, state }
}

const own = {
  edited: { was: 'aa', here: 'bb', there: 'aa' },
  fresh: { was: null, here: 'cc', there: null },
  deleted: { was: 'dd', here: null, there: 'dd' },
  other: { was: 'ee', here: 'ee', there: 'ee' },
}

describe('a folder that only takes', () => {
  it('sends neither edits nor new files nor deletions, and says which there are', () => {
    const { planFilter, kinds } = plan('down', own)
    expect(kinds()).toEqual([])
    expect(planFilter.kept.map(({ path, own: { kind } }) => `${kind} ${path}`).sort()).toEqual([
      'deletion deleted',
      'edit edited',
      'new fresh',
    ])
  })
  it('asks nobody about deletions that go nowhere', () => {
    const all = Array.from({ length: 9 }, (_, n) => [`f${n}`, { was: 'a', here: null, there: 'a' }])
    const { planFilter, kinds } = plan('down', Object.fromEntries(all))
    expect(kinds()).toEqual([])
    expect(planFilter.held).toEqual([])
    expect(planFilter.kept).toHaveLength(9)
  })
  it('takes what comes, and what goes', () => {
    const { kinds } = plan('down', {
      fresh: { was: null, here: null, there: 'aa' },
      newer: { was: 'aa', here: 'aa', there: 'bb' },
      gone: { was: 'cc', here: 'cc', there: null },
      other: { was: 'ee', here: 'ee', there: 'ee' },
    })
    expect(kinds().sort()).toEqual(['discard', 'download', 'download'])
  })
  it('lays a newer version beside what was changed here, never over it', () => {
    const { kinds } = plan('down', { both: { was: 'aa', here: 'bb', there: 'cc' } })
    expect(kinds()).toEqual(['step-aside', 'download'])
  })
  it('gives way by its person’s word alone', () => {
    const { planFilter, kinds } = plan('down', own)
    kinds()
    planFilter.revert(planFilter.kept.map(({ own: { fingerprint: word } }) => word))
    expect(kinds().sort()).toEqual(['discard', 'download', 'download'])
    expect(planFilter.kept).toEqual([])
  })
})

describe('too many deletions at once', () => {
  const files = (count: number, file: File) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, file]))
  const goneThere: File = { was: 'a', here: 'a', there: null }
  const goneHere: File = { was: 'a', here: null, there: 'a' }
  const scene = (all: Record<string, File>, decided: string[]) => plan('both', all, decided)

  it('are not asked about where somebody removed the files at the server', () => {
    const all = files(9, goneThere)
    const { planFilter, kinds } = scene(all, Object.keys(all))
    expect(kinds()).toEqual(Array.from({ length: 9 }, () => 'discard'))
    expect(planFilter.held).toEqual([])
  })
  it('wait where the server merely has the files no more', () => {
    const { planFilter, kinds } = scene(files(9, goneThere), [])
    expect(kinds()).toEqual([])
    expect(planFilter.held).toHaveLength(9)
  })
  it('wait where the files went here, whatever was removed at the server besides', () => {
    const there = { t1: goneThere, t2: goneThere }
    const { planFilter, kinds } = scene({ ...files(9, goneHere), ...there }, ['t1', 't2', 'f1'])
    expect(kinds()).toEqual(['discard', 'discard'])
    expect(planFilter.held.map(({ kind }) => kind)).toEqual(
      Array.from({ length: 9 }, () => 'remove'),
    )
  })
  it('are asked about again once a file was back at the server and is missing since', () => {
    const all = files(9, goneThere)
    const { planFilter, kinds, state } = scene(all, Object.keys(all))
    for (const path of Object.keys(all)) {
      state.remote.set(path, { fileId: path, path, sha256: 'a', size: 1, revision: 3 })
      state.remote.delete(path)
    }
    expect(kinds()).toEqual([])
    expect(planFilter.held).toHaveLength(9)
  })
})

it('a folder that follows both ways sends all of it', () => {
  const { planFilter, kinds } = plan('both', own)
  expect(kinds().sort()).toEqual(['put', 'put', 'remove'])
  expect(planFilter.kept).toEqual([])
})
