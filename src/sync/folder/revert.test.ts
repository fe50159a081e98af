import { describe, expect, it, vi } from 'vitest'
import { Failure } from '../../domain/failure.ts'
import type { Ports } from './execution-context.ts'
import type { LocalFile } from './operation.ts'
import { planFolder } from './plan.ts'
import type { BaseFile, Disk, RemoteFile, Store } from './ports.ts'
import { Recovery } from './recovery.ts'
import { localChangeOf } from './revert.ts'
import { emptyState } from './state.ts'

const remote: RemoteFile = { fileId: 'f', path: 'a.txt', sha256: 'aa', size: 1, revision: 3 }
const base: BaseFile = { ...remote, identity: 'one' }
const here = (path: string, sha256: string, identity = 'one'): LocalFile => ({
  path,
  sha256,
  size: 1,
  identity,
})
const plan = (local: LocalFile[], words: string[], there = [remote]) =>
  planFolder(
    { local, base: [base], remote: there, isUnknown: () => false },
    {
      deviceName: 'desk',
      now: new Date('2026-01-31T14:03:22'),
      isReverted: (word) => words.includes(word),
    },
  )

describe('own work that its person gives up', () => {
  it('an edit goes into the trash, and the version of the server takes its place', () => {
    const edited = here('a.txt', 'bb')
    expect(plan([edited], ['f bb'])).toEqual({
      operations: [{ kind: 'download', remote, over: edited, isLocalChange: true }],
      deletions: [],
    })
  })
  it('edited again it is another one, that nobody gave up', () => {
    const again = here('a.txt', 'cc')
    expect(plan([again], ['f bb']).operations).toEqual([
      { kind: 'put', local: again, fileId: 'f', expected: 3 },
    ])
  })
  it('a new name is taken back, and no bytes are moved', () => {
    const renamed = here('b.txt', 'aa')
    expect(plan([renamed], ['f aa']).operations).toEqual([
      { kind: 'move', local: renamed, to: 'a.txt', base: null },
    ])
  })
  it('a file that is here alone goes into the trash', () => {
    const fresh = here('new.txt', 'nn', 'two')
    expect(plan([here('a.txt', 'aa'), fresh], ['new.txt nn']).operations).toEqual([
      { kind: 'discard', local: fresh, base: null },
    ])
  })
  it('what was deleted comes back, and is no deletion that is asked about', () => {
    expect(plan([], ['f'])).toEqual({
      operations: [{ kind: 'download', remote, over: null }],
      deletions: [],
    })
  })
  it('what both sides edited is kept twice, whatever anybody gave up', () => {
    const kinds = plan([here('a.txt', 'bb')], ['f bb'], [{ ...remote, sha256: 'cc', revision: 4 }])
    expect(kinds.operations.map(({ kind }) => kind)).toEqual(['step-aside', 'download'])
  })
  it('is only what was to be sent', () => {
    expect(localChangeOf({ kind: 'download', remote, over: null })).toBeNull()
    expect(localChangeOf({ kind: 'discard', local: here('a.txt', 'aa'), base })).toBeNull()
  })
})

describe('a crash while a file made room', () => {
  const stamp = { size: 1, modified: '1', changed: '1', identity: 'one' }
  const recovered = async (disk: Partial<Disk>) => {
    const finish = vi.fn(async () => {})
    const store: Partial<Store> = { begin: async () => {}, finish }
    const empty = { files: [], refused: [], unread: [] }
    const ports = {
      store,
      disk: { aside: async () => [], look: async () => empty, ...disk },
      remote: {},
      clock: { now: () => 0 },
    } as unknown as Ports
    const state = emptyState()
    state.base.set('f', base)
    state.base.set('g', { ...base, fileId: 'g', path: 'b.txt', identity: 'b' })
    const intent = {
      id: 'i',
      kind: 'put-back',
      fileId: 'f',
      path: 'a.txt',
    } as const
    const error = await new Recovery(ports).begin([intent], state).catch((each: unknown) => each)
    return { error, finished: finish.mock.calls.length > 0, isBase: state.base.has('f') }
  }
  it.each([
    ['before it went: it is what it was', stamp, true],
    ['after it: that it is not there is no deletion', null, false],
    [
      'after it, and its person wrote another: that is an edit',
      { ...stamp, identity: 'two' },
      true,
    ],
    ['after it, and another was moved there: that is no edit', { ...stamp, identity: 'b' }, false],
  ])('%s', async (_, there, isBase) => {
    expect(await recovered({ stat: async () => there })).toMatchObject({ finished: true, isBase })
  })
  it('says nothing as long as the folder is not there', async () => {
    const look = () => Promise.reject(new Failure('folder.missing', 'Not there.'))
    const { error, finished, isBase } = await recovered({ look, stat: async () => null })
    expect(error).toMatchObject({ code: 'folder.missing' })
    expect({ finished, isBase }).toEqual({ finished: false, isBase: true })
  })
})
