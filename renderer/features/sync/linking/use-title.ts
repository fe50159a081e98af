import { useQuery } from '@tanstack/react-query'
import { desktop } from '../../../data/desktop.ts'

/** Of an artifact, as this computer knows it. */
export const useTitle = (projectId: string, artifactId: string | null): string | undefined =>
  useQuery({
    queryKey: ['artifact title', projectId, artifactId],
    queryFn: async () =>
      (await desktop.artifacts.list({ projectId })).find(({ id }) => id === artifactId)?.title ??
      null,
    enabled: artifactId !== null,
  }).data ?? undefined
