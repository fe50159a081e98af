import type { QueryKey } from '@tanstack/react-query'
import { isUnconfirmed } from './persister.ts'
import { queryClient } from './query-client.ts'

/** Something under these keys is shown that the server has not said since it was asked again. */
const isShownFromBefore = (queryKeys: readonly QueryKey[]): boolean =>
  queryKeys.some((queryKey) =>
    queryClient
      .getQueryCache()
      .findAll({ queryKey, type: 'active' })
      .some(({ queryHash, state }) => state.isInvalidated || isUnconfirmed(queryHash)),
  )

/**
 * Asks the server again for what is shown under these keys, and resolves when all of it is the server's newer word. One
 * that fails is asked again by itself, and waited for; what nobody looks at any more is not.
 */
export const readAgain = async (queryKeys: readonly QueryKey[]): Promise<void> => {
  await Promise.all(queryKeys.map((queryKey) => queryClient.invalidateQueries({ queryKey })))
  if (!isShownFromBefore(queryKeys)) return
  await new Promise<void>((done) => {
    const stop = queryClient.getQueryCache().subscribe(() => {
      if (isShownFromBefore(queryKeys)) return
      stop()
      done()
    })
  })
}
