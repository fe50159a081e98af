import { useEffect, useRef } from 'react'
import { z } from 'zod'
import { queryClient, useRemembered } from './remembered.ts'
import { accountOf, useSession } from './stores.ts'
import { dataOf, supabase } from './supabase.ts'

/** What the server says of an account, whatever else it lets it see. */
const standing = z.object({
  status: z.enum(['invited', 'waitlist', 'active', 'inactive', 'banned', 'archived']),
})
export type Standing = z.infer<typeof standing>['status']

/** Milliseconds between two looks: what the server decides about somebody shows within ten seconds. */
export const lookAgainMs = 8_000

/** Null: nobody knows yet, or the server has no such account any more. */
export const useStanding = () => {
  const account = useSession((session) => accountOf(session)?.id ?? null)
  const { value, loading, failure, retry } = useRemembered(
    ['standing', account],
    standing.nullable(),
    async () => {
      const answer = await supabase().rpc('my_account')
      // Null is an answer here: there is no such account.
      return answer.error ? dataOf(answer) : answer.data
    },
    { lookAgainMs },
  )
  const status = value?.status ?? null
  // Who was let in, or put out, sees something else everywhere.
  const before = useRef(status)
  useEffect(() => {
    if (before.current !== null && status !== before.current)
      void queryClient.invalidateQueries({ predicate: isOfPlaces })
    before.current = status
  }, [status])
  return { status, isGone: value === null, loading, failure, retry }
}

const isOfPlaces = ({ queryKey }: { queryKey: readonly unknown[] }): boolean =>
  queryKey[0] === 'workspaces' || queryKey[0] === 'projects'
