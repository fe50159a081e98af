import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { desktop } from '../../data/desktop.ts'
import { useReadOnly } from '../../data/roles.ts'
import { accountOf, useReached, useSession } from '../../data/stores.ts'

/** Everything cached belongs to one person; another person on this computer starts with nothing. */
const useAccountId = (): string | null => useSession((session) => accountOf(session)?.id ?? null)

/** The project's artifacts as this computer knows them; one pass of sync follows where there is a way. */
export const useArtifacts = (projectId: string) => {
  const client = useQueryClient()
  const account = useAccountId()
  const online = useReached()
  const [asking, setAsking] = useState(online)
  const query = useQuery({
    queryKey: ['artifacts', account, projectId],
    queryFn: () => desktop.artifacts.list({ projectId }),
    enabled: account !== null,
  })
  useEffect(() => {
    const queryKey = ['artifacts', account, projectId]
    // Of a large project an answer takes longer than the next change: one question at a time.
    let isAsking = false
    let isStale = false
    const askAgain = async (): Promise<void> => {
      isStale = true
      if (isAsking) return
      isAsking = true
      while (isStale) {
        isStale = false
        await client.invalidateQueries({ queryKey }).catch(() => {})
      }
      isAsking = false
    }
    return desktop.on('artifacts.changed', (change) => {
      if (change.projectId === projectId) void askAgain()
    })
  }, [client, account, projectId])
  useEffect(() => {
    if (!online || account === null) return setAsking(false)
    let current = true
    setAsking(true)
    void desktop.sync
      .run({ projectId, files: 'pinned', unasked: true })
      .catch(() => {})
      .then(() => client.invalidateQueries({ queryKey: ['artifacts', account, projectId] }))
      .then(() => current && setAsking(false))
    return () => {
      current = false
    }
  }, [client, account, projectId, online])
  return { ...query, asking }
}

export const useFiles = (projectId: string, artifactId: string) => {
  const client = useQueryClient()
  const account = useAccountId()
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
    enabled: account !== null,
    queryFn: () => desktop.artifacts.files({ artifactId }),
  })
  return {
    files,
    artifact: artifacts.data?.find(({ id }) => id === artifactId),
    asking: artifacts.asking,
    isReadOnly: useReadOnly(projectId),
  }
}
