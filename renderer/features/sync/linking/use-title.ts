import { useQuery } from '@tanstack/react-query'
import { useAccountId } from '../../../data/account.ts'
import { artifactQueries } from '../../../data/artifact-queries.ts'

/** Of an artifact, as this computer knows it. */
export const useTitle = (projectId: string, artifactId: string | null): string | undefined => {
  const account = useAccountId()
  return useQuery({
    ...artifactQueries.list(account, projectId),
    enabled: account !== null && artifactId !== null,
    select: (artifacts) => artifacts.find(({ id }) => id === artifactId)?.title,
  }).data
}
