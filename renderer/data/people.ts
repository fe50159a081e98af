import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { type AccountId, useAccountId } from './account.ts'
import { useChanges } from './mutations.ts'
import { serverRead, usePersistedQuery } from './server-read.ts'
import { accountOf, useSession } from './stores.ts'
import { dataOf, supabase } from './supabase.ts'

/** Accounts that are asked for at once, for they stand in the address. */
const maxIdsAtOnce = 100

const names = z.record(z.string(), z.string())
/** By the account's id; whom the server does not name is not among them. */
export type NamesOfPeople = z.infer<typeof names>

/** What people are called, of whom the server tells. */
export const readNames = async (ids: readonly (string | null)[]): Promise<NamesOfPeople> => {
  const wanted = [...new Set(ids.flatMap((id) => id ?? []))]
  const found: NamesOfPeople = {}
  for (let from = 0; from < wanted.length; from += maxIdsAtOnce) {
    const some = wanted.slice(from, from + maxIdsAtOnce)
    const rows = dataOf(await supabase().from('users').select('id,display_name').in('id', some))
    for (const { id, display_name: name } of rows) if (name) found[id] = name
  }
  return found
}

export const peopleKeys = {
  all: (account: AccountId) => ['people', account] as const,
  names: (account: AccountId, ids: readonly string[]) =>
    [...peopleKeys.all(account), 'names', ids] as const,
}

const namesQuery = (account: AccountId, ids: readonly string[]) =>
  queryOptions({
    queryKey: peopleKeys.names(account, ids),
    ...serverRead(names, () => readNames(ids)),
    enabled: ids.length > 0,
  })

/**
 * What people are called, in whatever order they are named; nobody's name where none is known. What the person calls
 * themselves counts before the server has taken it.
 */
export const useNames = (ids: readonly (string | null)[]): NamesOfPeople => {
  const account = useAccountId()
  const asked = [...new Set(ids.flatMap((id) => id ?? []))].sort()
  const known = usePersistedQuery(namesQuery(account, asked)).data ?? {}
  const own = useChanges('profile.rename').findLast(({ state }) => state.kind !== 'refused')
  return own && account && asked.includes(account)
    ? { ...known, [account]: own.input.displayName }
    : known
}

/** What the person at this computer is called; until the server tells, as their sign-in said. */
export const useOwnName = (): string | null => {
  const account = accountOf(useSession())
  const names = useNames([account?.id ?? null])
  return account && (names[account.id] ?? account.displayName)
}
