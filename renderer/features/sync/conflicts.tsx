import { useQuery, useQueryClient } from '@tanstack/react-query'
import { GitCompareArrows } from 'lucide-react'
import { useEffect } from 'react'
import type { Conflict } from '../../../src/contract/folders.ts'
import { desktop } from '../../data/desktop.ts'
import { accountOf, useSession } from '../../data/stores.ts'
import { ButtonLink } from '../../ui/button-link.tsx'

/** Conflict copies that this computer knows of, followed as files change. */
export const useConflicts = (projectId: string | null = null) => {
  const client = useQueryClient()
  const account = useSession((session) => accountOf(session)?.id ?? null)
  useEffect(
    () =>
      desktop.on(
        'artifacts.changed',
        () => void client.invalidateQueries({ queryKey: ['conflicts'] }),
      ),
    [client],
  )
  return useQuery({
    queryKey: ['conflicts', account, projectId],
    queryFn: () => desktop.artifacts.conflicts({ projectId }),
    enabled: account !== null,
  })
}

export const conflictPath = ({ artifactId, copyId }: Conflict): string =>
  `/sync/conflicts/${artifactId}/${copyId}`

export const ConflictList = ({ conflicts }: { conflicts: readonly Conflict[] }) => (
  <ul aria-label="Conflicts" className="divide-y">
    {conflicts.map((conflict) => (
      <li key={conflict.copyId} className="flex items-center gap-3 px-4 py-2.5">
        <GitCompareArrows aria-hidden className="size-4 shrink-0 text-warning" />
        <div className="min-w-0 flex-1">
          <p className="truncate font-mono text-xs">{conflict.path}</p>
          <p className="truncate text-faint text-xs">
            {conflict.title} · also edited on {conflict.device}
          </p>
        </div>
        <ButtonLink to={conflictPath(conflict)}>
          Compare<span className="sr-only"> both versions of {conflict.path}</span>
        </ButtonLink>
      </li>
    ))}
  </ul>
)
