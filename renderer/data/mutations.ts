import { useMemo } from 'react'
import { v7 as newId } from 'uuid'
import type { PendingMutation } from '../../src/contract/mutations.ts'
import { Failure } from '../../src/domain/failure.ts'
import {
  declared,
  type MutationCall,
  type MutationInput,
  type MutationName,
} from '../../src/domain/mutation-table.ts'
import { parsedJson } from '../../src/domain/parsed-json.ts'
import { currentAccountId } from './account.ts'
import { accountStore } from './account-store.ts'
import { desktop } from './desktop.ts'
import { readAgain } from './read-again.ts'

/** `applied`: the server has it, and what is shown of it is being read again. */
export type ChangeState = PendingMutation['state'] | { kind: 'applied' }
export type Owed = {
  id: string
  /** Null: this version does not know it. */
  call: MutationCall | null
  state: ChangeState
}

/** What main owes the server, in order; nothing else writes to it. */
const useOwed = accountStore<{ owed: readonly Owed[] }>(() => ({ owed: [] }))

const callOf = ({ name, input }: { name: string; input: string }): MutationCall | null =>
  declared(name, parsedJson(input))?.call ?? null
const owedOf = (pending: PendingMutation): Owed => ({
  id: pending.id,
  call: callOf(pending),
  state: pending.state,
})
const without = (id: string): readonly Owed[] =>
  useOwed.getState().owed.filter((each) => each.id !== id)

const isBlocked = ({ kind }: ChangeState): boolean => kind === 'refused' || kind === 'unanswered'

/** Those whose end is waited for where they were made. */
const heardHere = new Set<string>()
const blockedListeners = new Set<(blocked: Owed) => void>()

/** Hears of each that begins to need its person, wherever they are; not of what was so before the window came. */
export const onBlocked = (listener: (blocked: Owed) => void): (() => void) => {
  blockedListeners.add(listener)
  return () => blockedListeners.delete(listener)
}

/** One that is tried now and then by itself is told of once, until its person wants it again. */
const toldBlocked = new Set<string>()
const tellBlocked = (next: Owed): void => {
  if (next.state.kind === 'waiting') toldBlocked.delete(next.id)
  if (!isBlocked(next.state) || toldBlocked.has(next.id) || heardHere.has(next.id)) return
  toldBlocked.add(next.id)
  for (const listener of blockedListeners) listener(next)
}

const put = (next: Owed): void => {
  const { owed } = useOwed.getState()
  const place = owed.findIndex(({ id }) => id === next.id)
  const before = owed[place]?.state
  const isAgain = before !== undefined && isBlocked(before) && next.state.kind === 'waiting'
  useOwed.setState({
    owed:
      place < 0 || isAgain
        ? [...without(next.id), next]
        : owed.map((each) => (each.id === next.id ? next : each)),
  })
}

/** What was made stays in sight until what the server has of it is. */
const readChanged = (name: string, input: string): Promise<void> => {
  const account = currentAccountId()
  const queries = declared(name, parsedJson(input))?.queries ?? []
  return readAgain(queries.map(([area, ...what]) => [area, account, ...what]))
}

export const connectMutations = (): void => {
  let told = 0
  const ask = async (): Promise<void> => {
    const before = told
    const list = await desktop.mutations.list()
    if (told !== before) return ask()
    const owed = list.map(owedOf)
    for (const { id, state } of owed) if (isBlocked(state)) toldBlocked.add(id)
    useOwed.setState({ owed })
  }
  desktop.on('mutations.changed', ({ changed, left }) => {
    told += 1
    for (const pending of changed) {
      const next = owedOf(pending)
      put(next)
      tellBlocked(next)
    }
    for (const { id, name, input, how } of left) {
      toldBlocked.delete(id)
      if (how !== 'applied') useOwed.setState({ owed: without(id) })
      else {
        put({ id, call: callOf({ name, input }), state: { kind: 'applied' } })
        void readChanged(name, input)
          .catch(() => {})
          .then(() => useOwed.setState({ owed: without(id) }))
      }
    }
  })
  desktop.on('session.changed', () => void ask().catch(() => {}))
  void ask().catch(() => {})
}

export type Change<Name extends MutationName> = {
  id: string
  input: MutationInput<Name>
  state: ChangeState
}

/** All that is owed, in order. */
export const useOwedChanges = (): readonly Owed[] => useOwed(({ owed }) => owed)

/** All of one name that are owed, in order. */
export const useChanges = <Name extends MutationName>(name: Name): Change<Name>[] => {
  const owed = useOwed((state) => state.owed)
  return useMemo(
    () =>
      owed.flatMap(({ id, call, state }) =>
        call?.name === name ? [{ id, state, input: call.input as MutationInput<Name> }] : [],
      ),
    [owed, name],
  )
}

/** In the name of whoever is shown; nobody else's queue takes it. */
const enqueue = (call: MutationCall, id: string) =>
  desktop.mutations.enqueue({ ...call, id, accountId: currentAccountId() ?? '' })

/** Durable when it answers; the server has it later, or refuses it. */
export const change = async (call: MutationCall): Promise<void> => {
  await enqueue(call, newId())
}

/** Milliseconds after which whoever waits for the server is told that it waits. */
const hearTimeoutMs = 10_000

/**
 * The same for who would like to see it done: `waiting` when the server is not to be had, or takes its time. What it
 * refuses meanwhile is thrown, and owed no more.
 */
export const changeAndHear = async (
  call: MutationCall,
  isReached: boolean,
): Promise<'applied' | 'waiting'> => {
  const id = newId()
  heardHere.add(id)
  let stop = (): void => {}
  const heard = new Promise<'applied' | 'waiting'>((done, fail) => {
    const timer = setTimeout(() => done('waiting'), hearTimeoutMs)
    const unlisten = desktop.on('mutations.changed', ({ changed, left }) => {
      if (left.some((each) => each.id === id && each.how === 'applied')) done('applied')
      const state = changed.find((each) => each.id === id)?.state
      if (state?.kind !== 'refused') return
      void desktop.mutations.discard({ id }).catch(() => {})
      fail(new Failure(state.failure, 'The server refused a change.'))
    })
    stop = () => {
      clearTimeout(timer)
      unlisten()
      heardHere.delete(id)
    }
  })
  try {
    await enqueue(call, id)
    return isReached ? await heard : 'waiting'
  } finally {
    stop()
    // Nobody waits for it where the queue took nothing.
    heard.catch(() => {})
  }
}
