import { describe, expect, it } from 'vitest'
import { declared } from '../domain/mutation-table.ts'
import {
  checkRoom,
  hasLivingId,
  isRefusal,
  maxInputBytes,
  maxQueued,
  maxQueuedBytes,
  mayBeItsOwn,
  type QueuedMutation,
  replacedBy,
} from './queue.ts'

const queued = (id: string, change: Partial<QueuedMutation> = {}): QueuedMutation => ({
  id,
  name: 'artifacts.rename',
  input: '{}',
  thing: 'artifact 1',
  replaces: 'title 1',
  sequence: 1,
  queuedAt: '2026-01-01T00:00:00.000Z',
  attempts: 0,
  artifactId: null,
  sinceRevisions: '[]',
  refused: null,
  unanswered: 0,
  triesItself: 0,
  ...change,
})
const title = { thing: 'artifact 1', replaces: 'title 1' }

describe('a change that says the same anew', () => {
  it('takes the place of one that was never sent', () =>
    expect(replacedBy([queued('a')], title)).toEqual(['a']))
  it('leaves one that may have arrived', () =>
    expect(replacedBy([queued('a', { attempts: 1 })], title)).toEqual([]))
  it('leaves one that another was queued behind, which may count on it', () =>
    expect(replacedBy([queued('a'), queued('b', { replaces: null })], title)).toEqual([]))
  it('leaves what says another thing', () =>
    expect(replacedBy([queued('a', { replaces: 'colour 1' })], title)).toEqual([]))
  it('takes the place of what was refused, wherever that stands', () =>
    expect(
      replacedBy(
        [
          queued('a', { refused: 'server.denied', attempts: 1 }),
          queued('b', { replaces: null }),
          queued('c', { refused: 'server.denied', attempts: 1, replaces: 'colour 1' }),
        ],
        title,
      ),
    ).toEqual(['a']))
  it('takes no place where each one counts', () =>
    expect(
      replacedBy([queued('a', { replaces: null })], { thing: 'artifact 1', replaces: null }),
    ).toEqual([]))
})

describe('the queue', () => {
  it.each([
    [{ count: maxQueued, bytes: 0 }, 1, 'mutation.queue-full'],
    [{ count: 1, bytes: maxQueuedBytes }, 1, 'mutation.queue-full'],
    [{ count: 0, bytes: 0 }, maxInputBytes + 1, 'mutation.too-large'],
  ])('has room for so much: %j and %i bytes more', (held, bytes, code) =>
    expect(() => checkRoom(held, bytes)).toThrow(expect.objectContaining({ code })),
  )
  it('tells what the server said for good from trouble on the way', () => {
    for (const code of ['server.denied', 'server.conflict', 'server.refused-input'] as const)
      expect(isRefusal(code)).toBe(true)
    for (const code of [
      'network.offline',
      'network.timeout',
      'server.unavailable',
      'server.rate-limited',
      'server.unexpected-answer',
      'auth.refused',
      'auth.signed-out',
      'sync.cancelled',
      'internal',
    ] as const)
      expect(isRefusal(code)).toBe(false)
  })
  it('takes for the trouble of one change alone only what somebody answered', () => {
    for (const code of ['server.unavailable', 'server.unexpected-answer', 'server.older'] as const)
      expect([mayBeItsOwn(code), isRefusal(code)]).toEqual([true, false])
    for (const code of ['network.offline', 'server.rate-limited', 'auth.refused'] as const)
      expect(mayBeItsOwn(code)).toBe(false)
  })
})

describe('the table', () => {
  const ids = {
    artifactId: '0199e5a0-0000-7000-8000-000000000001',
    projectId: '0199e5a0-0000-7000-8000-000000000002',
  }
  it('says how a change is sent, and what it is about', () =>
    expect(declared('artifacts.rename', { ...ids, title: ' Harbour ' })).toMatchObject({
      call: { name: 'artifacts.rename', input: { ...ids, title: 'Harbour' } },
      request: {
        function: 'rename_artifact',
        arguments: { artifact: ids.artifactId, title: 'Harbour' },
      },
      thing: `artifact ${ids.artifactId}`,
      project: ids.projectId,
    }))
  it('knows neither other names nor other inputs', () => {
    expect(declared('artifacts.explode', ids)).toBeNull()
    expect(declared('constructor', ids)).toBeNull()
    expect(declared('artifacts.rename', { ...ids, title: ' ' })).toBeNull()
  })
})

describe('what is made behind others that its maker knows', () => {
  const ids = {
    artifactId: '0199e5a0-0000-7000-8000-000000000001',
    projectId: '0199e5a0-0000-7000-8000-000000000002',
  }
  const of = (name: string, input: object) => declared(name, { ...ids, ...input })
  const said = (json: string | undefined) => JSON.parse(json ?? 'null')
  const earlier = (place: number, name: string, input: object) => ({
    id: `0199e5a0-0000-7000-8000-00000000001${place}`,
    name,
    input: { ...ids, ...input },
  })

  it('is a title after every title that was known', () => {
    const third = of('artifacts.rename', { title: 'C', knownTitles: ['B'] })
    const second = earlier(1, 'artifacts.rename', { title: 'B', knownTitles: ['A'] })
    expect(said(third?.behind([])).knownTitles).toEqual(['B'])
    expect(said(third?.behind([second])).knownTitles).toEqual(['A', 'B'])
    // Of one that did not look, whatever it was called is known.
    const any = earlier(2, 'artifacts.rename', { title: 'B' })
    expect(said(third?.behind([second, any])).knownTitles).toBeUndefined()
    expect(third?.request.arguments).toMatchObject({ known_titles: ['B'] })
    expect(said(third?.anyway()).knownTitles).toBeUndefined()
  })
  it('goes back from what the ones before it made', () => {
    const back = { revision: 1, newest: 3 }
    const all = of('artifacts.restore', back)
    const one = earlier(1, 'artifacts.restoreFile', back)
    const two = earlier(2, 'artifacts.restore', back)
    const title = earlier(3, 'artifacts.rename', { title: 'B' })
    expect(said(all?.behind([title])).since).toBeUndefined()
    expect(said(all?.behind([one, title, two])).since).toEqual([one.id, two.id])
    expect(said(all?.anyway())).toMatchObject({ revision: 1, newest: null })
    const known = declared('artifacts.restore', said(all?.behind([one])))
    expect(known?.request.arguments).toMatchObject({ since: [one.id] })
  })
  it('has a living id by the server’s clock', () => {
    const id = '0199e5a0-0000-7000-8000-000000000001'
    const madeAt = 0x0199e5a00000
    const day = 86_400_000
    expect(hasLivingId({ id }, madeAt - 200 * day)).toBe(true)
    expect(hasLivingId({ id }, madeAt + 149 * day)).toBe(true)
    expect(hasLivingId({ id }, madeAt + 150 * day)).toBe(false)
  })
})
