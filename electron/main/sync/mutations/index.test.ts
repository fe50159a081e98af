import { v7 } from 'uuid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { MutationsChange } from '../../../../src/contract/mutations.ts'
import { ArtifactTurns } from '../../../../src/mutations/artifact-turns.ts'
import type { Cache } from '../../store/client.ts'
import { openDatabase } from '../../store/database.ts'
import { realTime } from '../../system-clock.ts'
import { openMutations } from './index.ts'

let database: ReturnType<typeof openDatabase>
beforeEach(() => {
  database = openDatabase(':memory:')
})
afterEach(() => database.close())

/** The queue over its database, with nobody to send to; of a process that may end after one of its writes. */
const open = (endsAfter: string | null = null) => {
  let isOver = false
  const told: MutationsChange[] = []
  const cache = new Proxy({} as Cache, {
    get:
      (_target, method: keyof typeof database) =>
      async (...args: never[]) => {
        if (isOver) return new Promise(() => {})
        isOver = method === endsAfter
        return (database[method] as (...args: never[]) => unknown)(...args)
      },
  })
  const mutations = openMutations({
    cache,
    turns: new ArtifactTurns(),
    server: {
      json: () => Promise.reject(new Error('Nobody is there.')),
      time: realTime,
      answersOthers: async () => false,
      resetBreaker: () => {},
    },
    ahead: () => 0,
    tell: (change) => told.push(change),
    counted: () => {},
    moved: () => {},
    renamed: () => {},
    refresh: () => {},
  })
  return { mutations, told }
}

it('a change that is too old to be known goes out as a new one, in the place of the old one or not at all', async () => {
  const old = v7({ msecs: Date.now() - 200 * 86_400_000 })
  const input = JSON.stringify({ artifactId: v7(), projectId: v7(), revision: 1, newest: 2 })
  const thing = 'artifact one'
  const name = 'artifacts.restore'
  database.queueMutation({ id: old, name, input, thing, replaces: null, artifactId: 'one' })
  database.beginMutation(old)
  database.mutationRefused(old, 'mutation.too-old')

  const killed = open('renewMutation')
  void killed.mutations.handlers['mutations.retry']({ id: old })
  await new Promise((resolve) => setTimeout(resolve, 50))
  const [owed, ...others] = database.mutations()
  expect(others).toEqual([])
  expect(owed).toMatchObject({ name, input, thing, refused: null, attempts: 0 })
  expect(owed?.id).not.toBe(old)
})

it('a change that is tried again twice in one breath is one change', async () => {
  const old = v7({ msecs: Date.now() - 200 * 86_400_000 })
  const input = JSON.stringify({ artifactId: v7(), projectId: v7(), revision: 1, newest: 2 })
  const one = { name: 'artifacts.restore', input, thing: 'artifact one', artifactId: 'one' }
  database.queueMutation({ ...one, id: old, replaces: null })
  database.mutationRefused(old, 'mutation.too-old')
  const { mutations } = open()
  const retry = () => mutations.handlers['mutations.retry']({ id: old })
  await Promise.all([retry(), retry()])
  expect(database.mutations()).toHaveLength(1)
  await mutations.close()
})

it('a page hears that the old one gave way to the new one', async () => {
  const old = v7({ msecs: Date.now() - 200 * 86_400_000 })
  const input = JSON.stringify({ displayName: 'Ada' })
  const one = { name: 'profile.rename', input, thing: 'profile', artifactId: null }
  database.queueMutation({ ...one, id: old, replaces: 'display name' })
  database.mutationRefused(old, 'mutation.too-old')
  const { mutations, told } = open()
  await mutations.handlers['mutations.retry']({ id: old })
  const [owed] = database.mutations()
  expect(told).toMatchObject([
    {
      changed: [{ id: owed?.id, state: { kind: 'waiting' } }],
      left: [{ id: old, how: 'replaced' }],
    },
  ])
  await mutations.close()
})
