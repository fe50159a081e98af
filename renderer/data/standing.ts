import { usePlaces } from './places.ts'

/** What the server says of an account, whatever else it lets it see. Null: nobody knows yet, or there is none. */
export const useStanding = () => {
  const { value, loading, retry } = usePlaces()
  return { status: value?.standing ?? null, isGone: value?.standing === null, loading, retry }
}
