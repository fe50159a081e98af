import { expect, it } from 'vitest'
import { Failure } from '../../domain/failure.ts'
import { CancellationRegistry } from '../../transfer/cancellation.ts'
import { ConcurrencyLimiter } from '../../transfer/concurrency-limiter.ts'
import { InFlightTransfers } from '../../transfer/in-flight.ts'
import { neverPreempt } from '../../transfer/preemption.ts'
import { execute } from './execute.ts'
import type { LocalFile, Operation } from './operation.ts'
import type { Change, Disk, Remote, Store } from './ports.ts'
import { emptyState } from './state.ts'

const shaOf = (number: number): string => number.toString(16).padStart(64, '0')
const local = (number: number): LocalFile => ({
  path: `${number}.txt`,
  sha256: shaOf(number),
  size: 1,
  identity: `${number}`,
})

it('a full disk ends the receiving and is what is told, and what is to be sent still goes out', async () => {
  const limiter = new ConcurrencyLimiter()
  const state = emptyState()
  const sent: Change[] = []
  const puts = Array.from({ length: 40 }, (_, number): Operation => {
    const file = local(number)
    const stamp = { size: 1, modified: '1', changed: '1', identity: file.identity }
    state.known.set(file.path, { path: file.path, stamp, sha256: file.sha256, hashedAt: 1 })
    return { kind: 'put', local: file, fileId: null, expected: null }
  })
  const theirs = { fileId: 'theirs', path: 'film.bin', sha256: shaOf(99), size: 9, revision: 1 }
  const disk: Partial<Disk> = {
    stage: async () => {
      throw new Failure('disk.full', 'The disk has no room for this file.')
    },
  }
  const remote: Partial<Remote> = {
    runLimited: (bytes, work, signal) => limiter.run(bytes, work, signal),
    send: () => new Promise((resolve) => setTimeout(resolve, 5)),
    commit: async (_expected, changes) => {
      sent.push(...changes)
      const revisions = Object.fromEntries(changes.map(({ fileId }) => [fileId, 1]))
      return { status: 'committed', revisions }
    },
  }
  const store: Partial<Store> = { begin: async () => {}, finish: async () => {} }
  let ids = 0
  const { signal } = new AbortController()
  const work = execute(
    [...puts, { kind: 'download', remote: theirs, over: null }],
    state,
    {
      disk: disk as Disk,
      remote: remote as Remote,
      store: store as Store,
      clock: { now: Date.now },
    },
    {
      newId: () => `${++ids}`,
      placed: new Map(),
      taken: new Set(),
      own: new Set(),
      cancellations: new CancellationRegistry(),
      inFlight: new InFlightTransfers(),
      preemption: neverPreempt,
    },
    signal,
  )
  await expect(work).rejects.toMatchObject({ code: 'disk.full' })
  expect(sent.length).toBe(40)
})

it('of a file that the server does not take the log hears why, and the person by its code', async () => {
  const state = emptyState()
  const file = local(1)
  const stamp = { size: 1, modified: '1', changed: '1', identity: file.identity }
  state.known.set(file.path, { path: file.path, stamp, sha256: file.sha256, hashedAt: 1 })
  const refusal = new Failure('server.denied', 'Not yours to write.')
  const remote: Partial<Remote> = {
    runLimited: (_bytes, work) => work(),
    send: async () => {
      throw refusal
    },
  }
  const store: Partial<Store> = { begin: async () => {}, finish: async () => {} }
  const heard: Failure[] = []
  await execute(
    [{ kind: 'put', local: file, fileId: null, expected: null }],
    state,
    {
      disk: {} as Disk,
      remote: remote as Remote,
      store: store as Store,
      clock: { now: Date.now },
    },
    {
      newId: () => 'id',
      blocked: (failure) => heard.push(failure),
      placed: new Map(),
      taken: new Set(),
      own: new Set(),
      cancellations: new CancellationRegistry(),
      inFlight: new InFlightTransfers(),
      preemption: neverPreempt,
    },
    new AbortController().signal,
  )
  expect([...state.blocked.values()].map(({ code }) => code)).toEqual(['server.denied'])
  expect(heard).toEqual([refusal])
})
