import { accountOf, useSession } from './stores.ts'

/** Whose things are shown; null while nobody is known. The first part of every key after its area. */
export type AccountId = string | null

export const useAccountId = (): AccountId => useSession((session) => accountOf(session)?.id ?? null)

export const currentAccountId = (): AccountId => accountOf(useSession.getState())?.id ?? null
