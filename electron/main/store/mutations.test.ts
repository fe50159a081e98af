import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FailureCode } from '../../../src/domain/failure.ts'
import { openDatabase } from './database.ts'

let database: ReturnType<typeof openDatabase>
beforeEach(() => {
  database = openDatabase(':memory:', () => Date.UTC(2026, 0, 1))
})
afterEach(() => database.close())

const put = (id: string, thing: string, replaces: string | null = null) =>
  database.queueMutation({ id, name: 'x', input: '{}', thing, replaces })
const ids = (things: string[], atMost: number, waits: string[] = []) =>
  database.nextMutations({ things, ids: waits }, atMost).map(({ id }) => id)
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
  it('counts what is owed without its contents', () => {
    expect(database.mutationFigures()).toEqual({
      ...{ waiting: 0, blocked: 0, oldest: null, lastRefusal: null },
    })
    for (const id of ['a', 'b', 'c']) put(id, id)
    refused('a')
    unanswered('b')
    expect(database.mutationFigures()).toEqual({
      ...{ waiting: 1, blocked: 2, oldest: '2026-01-01T00:00:00.000Z' },
      lastRefusal: 'server.unavailable',
    })
  })
})
