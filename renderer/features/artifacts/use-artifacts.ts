import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useAccountId } from '../../data/account.ts'
import { artifactKeys, artifactQueries } from '../../data/artifact-queries.ts'
import { desktop } from '../../data/desktop.ts'
import { type Change, useChanges } from '../../data/mutations.ts'
import { useReached } from '../../data/stores.ts'
import { useReadOnly } from '../projects/index.ts'

/** As they are called here: what the server has not taken yet counts, what it refused or has no answer for does not. */
const renamed = <Artifact extends { id: string; title: string }>(
  artifacts: Artifact[] | undefined,
  changes: readonly Change<'artifacts.rename'>[],
): Artifact[] | undefined => {
  const titles = new Map(
    changes.flatMap(({ input, state }) =>
      state.kind === 'refused' || state.kind === 'unanswered'
        ? []
        : [[input.artifactId, input.title] as const],
    ),
  )
  if (titles.size === 0) return artifacts
  return artifacts?.map((each) => ({ ...each, title: titles.get(each.id) ?? each.title }))
}

/** The project's artifacts as this computer knows them; one pass of sync follows where there is a way. */
export const useArtifacts = (projectId: string) => {
  const client = useQueryClient()
  const account = useAccountId()
  const online = useReached()
  const [asking, setAsking] = useState(online)
  const renames = useChanges('artifacts.rename')
  const query = useQuery(artifactQueries.list(account, projectId))
  useEffect(() => {
    const queryKey = artifactKeys.list(account, projectId)
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
      .then(() => client.invalidateQueries({ queryKey: artifactKeys.list(account, projectId) }))
      .then(() => current && setAsking(false))
    return () => {
      current = false
    }
  }, [client, account, projectId, online])
  return { ...query, data: renamed(query.data, renames), asking }
}

export const useFiles = (projectId: string, artifactId: string) => {
  const client = useQueryClient()
  const account = useAccountId()
  useEffect(
    () =>
      desktop.on('artifacts.changed', (change) => {
        if (change.artifactIds.includes(artifactId))
          void client.invalidateQueries({ queryKey: artifactKeys.files(account, artifactId) })
      }),
    [client, account, artifactId],
  )
  const artifacts = useArtifacts(projectId)
  const files = useQuery(artifactQueries.files(account, artifactId))
  return {
    files,
    artifact: artifacts.data?.find(({ id }) => id === artifactId),
    asking: artifacts.asking,
    isReadOnly: useReadOnly(projectId),
  }
}
