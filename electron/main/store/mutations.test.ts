import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FailureCode } from '../../../src/domain/failure.ts'
import { openDatabase } from './database.ts'
import { noAttributes, unblocked, unsent } from './rows.ts'

let database: ReturnType<typeof openDatabase>
beforeEach(() => {
  database = openDatabase(':memory:', () => Date.UTC(2026, 0, 1))
})
afterEach(() => database.close())

const put = (id: string, thing: string, replaces: string | null = null) =>
  database.queueMutation({ id, name: 'x', input: '{}', thing, replaces, artifactId: null })
const ids = (things: string[], atMost: number, waits: string[] = []) =>
  database.nextMutations({ things, ids: waits, artifacts: [] }, atMost).map(({ id }) => id)
const refused = (id: string, code: FailureCode = 'server.denied') =>
  database.mutationRefused(id, code)
const unanswered = (id: string) => database.mutationUnanswered(id, 'server.unavailable')

describe('the queue', () => {
  it('sends the first of each thing, and none behind one that is held up', () => {
    put('a', 'artifact 1')
    put('b', 'artifact 1')
    put('c', 'artifact 2')
    refused('c')
    put('d', 'artifact 2')
    put('e', 'artifact 3')
    expect(ids([], 9)).toEqual(['a', 'd', 'e'])
    expect(ids(['artifact 1'], 9)).toEqual(['d', 'e'])
    expect(ids([], 9, ['a'])).toEqual(['d', 'e'])
    expect(ids([], 1)).toEqual(['a'])
  })
  it('tries what was not answered again by itself, until something of its thing went past it', () => {
    put('a', 'artifact 1')
    expect(unanswered('a')).toMatchObject({ unanswered: 1, triesItself: 1 })
    expect(ids([], 9)).toEqual(['a'])
    expect(database.beginMutation('a')).toMatchObject({ attempts: 1 })
    put('b', 'artifact 1')
    expect(ids([], 9)).toEqual(['b'])
    expect(database.beginMutation('a')).toBeNull()
    // It was under way when the other one came.
    expect(unanswered('a')).toMatchObject({ unanswered: 1, triesItself: 0 })
    database.mutationApplied('b')
    expect(ids([], 9)).toEqual([])
    database.retryMutation('a', '{}')
    expect(ids([], 9)).toEqual(['a'])
    put('c', 'artifact 1')
    expect(unanswered('a')).toMatchObject({ triesItself: 0 })
    expect(ids([], 9)).toEqual(['c'])
  })
  it('lets go of what may be done only by who knows that it may', () => {
    const underWay = expect.objectContaining({ code: 'mutation.under-way' })
    for (const id of ['sent', 'unanswered']) {
      put(id, id)
      database.beginMutation(id)
    }
    unanswered('unanswered')
    for (const id of ['sent', 'unanswered']) {
      expect(() => database.discardMutation(id, false)).toThrow(underWay)
      expect(database.discardMutation(id, true)).toMatchObject({ id })
    }
    expect(refused('sent')).toBeNull()
    expect(unanswered('sent')).toBeNull()
    expect(database.mutations()).toEqual([])
  })
  it('keeps its order with edits of the files that it changes', () => {
    const projectId = 'project'
    database.applyPull({
      projectId,
      cursor: '1',
      epoch: '1',
      removedArtifacts: [],
      artifacts: ['one', 'other'].map((id) => ({
        id,
        projectId,
        title: id,
        description: null,
        kind: 'website',
        status: 'draft',
        isPublic: 0,
        updatedAt: '2026-01-01T00:00:00.000Z',
      })),
      files: ['a', 'b', 'c'].map((id) => ({
        id,
        artifactId: id === 'c' ? 'other' : 'one',
        path: id,
        mediaType: 'text/plain',
        size: 1,
        sha256: id.repeat(64),
        revision: 1,
        isMain: 0,
        deleted: 0,
      })),
    })
    const edit = (fileId: string, artifactId: string, minute: number) =>
      database.saveEdit(
        { fileId, artifactId, sha256: 'd'.repeat(64), size: 1 },
        null,
        new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
      )
    const behind = () => database.outOfStep(projectId, false).behind
    edit('a', 'one', -1)
    edit('c', 'other', -1)
    database.queueMutation({
      id: 'back',
      name: 'x',
      input: '{}',
      thing: 'artifact one',
      replaces: null,
      artifactId: 'one',
    })
    edit('b', 'one', 1)
    expect(ids([], 9)).toEqual([])
    expect(behind()).toEqual(['b'])
    database.settle('a', 'd'.repeat(64), 2)
    database.noteOwnRevision('one', 5)
    expect(database.nextMutations({ things: [], ids: [], artifacts: [] }, 9)).toMatchObject([
      { id: 'back', sinceRevisions: '[5]' },
    ])
    refused('back')
    expect(behind()).toEqual([])
    // What is blocked holds up nobody.
    edit('a', 'one', -1)
    database.retryMutation('back', '{}')
    expect(ids([], 9)).toEqual([])
    const block = (fileId: string) =>
      database.blockEdit(fileId, 'server.denied', { now: 1, role: null, uploadRules: null })
    block('a')
    // Made before it was tried again.
    expect(ids([], 9)).toEqual([])
    block('b')
    expect(ids([], 9)).toEqual(['back'])
    expect(database.nextMutations({ things: [], ids: [], artifacts: ['one'] }, 9)).toEqual([])

    // Ours beside theirs was made when it was made.
    edit('a', 'one', 2)
    database.queueMutation({
      id: 'again',
      name: 'x',
      input: '{}',
      thing: 'other',
      replaces: null,
      artifactId: 'one',
    })
    database.mutationApplied('back')
    const beside = { fileId: 'beside', path: 'a (conflict)', queuedAt: '2027-01-01T00:00:00.000Z' }
    database.keepBoth('a', beside)
    expect(ids([], 9)).toEqual([])
    expect(behind()).toEqual([])
    // What has nowhere to go holds up nobody either.
    const gone = { projectId, cursor: '2', epoch: '1', artifacts: [], files: [] }
    database.applyPull({ ...gone, removedArtifacts: ['one'] })
    expect(database.edit('beside')).not.toBeNull()
    expect(ids([], 9)).toEqual(['again'])
  })
  it('has one order with edits, whatever the clock says', () => {
    const edit = (queuedAt: string) =>
      database.queueNew({
        fileId: queuedAt,
        artifactId: 'one',
        path: queuedAt,
        mediaType: 'text/plain',
        sha256: 'a'.repeat(64),
        size: 1,
        baseRevision: 0,
        queuedAt,
        ...unblocked,
        ...unsent,
        ...noAttributes,
      })
    edit('2030')
    put('a', 'artifact 1')
    edit('2020')
    put('b', 'artifact 1')
    refused('a')
    database.retryMutation('a', '{}')
    edit('2025')
    expect(database.outbox().map(({ fileId, sequence }) => [fileId, sequence])).toEqual([
      ['2030', 1],
      ['2020', 3],
      ['2025', 6],
    ])
    expect(database.mutations().map(({ id, sequence }) => [id, sequence])).toEqual([
      ['b', 4],
      ['a', 5],
    ])
  })
  it('counts what is owed without its contents', () => {
    expect(database.mutationFigures()).toEqual({
      waiting: 0,
      blocked: 0,
      oldest: null,
      lastRefusal: null,
    })
    for (const id of ['a', 'b', 'c']) put(id, id)
    refused('a')
    unanswered('b')
    expect(database.mutationFigures()).toEqual({
      waiting: 1,
      blocked: 2,
      oldest: '2026-01-01T00:00:00.000Z',
      lastRefusal: 'server.unavailable',
    })
  })
})
