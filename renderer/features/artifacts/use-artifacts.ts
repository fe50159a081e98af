import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { desktop } from '../../data/desktop.ts'
import { useSession } from '../../data/stores.ts'

/** The project's artifacts as this computer knows them; one pass of sync follows where there is a way. */
export const useArtifacts = (projectId: string) => {
  const client = useQueryClient()
  const online = useSession((session) => session.status === 'active')
  const query = useQuery({
    queryKey: ['artifacts', projectId],
    queryFn: () => desktop.artifacts.list({ projectId }),
  })
  useEffect(
    () =>
      desktop.on('artifacts.changed', (change) => {
        if (change.projectId === projectId)
          void client.invalidateQueries({ queryKey: ['artifacts', projectId] })
      }),
    [client, projectId],
  )
  const pass = useQuery({
    queryKey: ['pass', projectId, online],
    enabled: online,
    staleTime: 60_000,
    queryFn: async () => {
      const state = await desktop.sync.run({ projectId, files: 'pinned' })
      await client.invalidateQueries({ queryKey: ['artifacts', projectId] })
      return state
    },
  })
  return { ...query, asking: online && pass.isPending }
}

export const useFiles = (projectId: string, artifactId: string) => {
  const client = useQueryClient()
  useEffect(
    () =>
      desktop.on('artifacts.changed', (change) => {
        if (change.artifactIds.includes(artifactId))
          void client.invalidateQueries({ queryKey: ['files', artifactId] })
      }),
    [client, artifactId],
  )
  const artifacts = useArtifacts(projectId)
  const files = useQuery({
    queryKey: ['files', artifactId],
    queryFn: () => desktop.artifacts.files({ artifactId }),
  })
  return {
    files,
    artifact: artifacts.data?.find(({ id }) => id === artifactId),
    asking: artifacts.asking,
  }
}
