import { expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.ts'
import { forwardedToService } from './index.ts'

const listing = { projectId: '0191c0de-0000-7000-8000-000000000001' }
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof Failure ? error.code : error),
  )

test('what could not be opened says why, not that nobody is signed in', async () => {
  let why: Failure | null = new Failure('disk.full', 'No room for the cache.')
  const handlers = forwardedToService(
    () => null,
    () => why,
  )
  expect(await codeOf(handlers['artifacts.list'](listing))).toBe('disk.full')
  // What is asked before anybody is there has its empty answer either way.
  expect(await handlers['sync.pinned'](undefined)).toEqual([])
  why = null
  expect(await codeOf(handlers['artifacts.list'](listing))).toBe('auth.signed-out')
})
