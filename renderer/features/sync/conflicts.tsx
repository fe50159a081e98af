import { useQuery, useQueryClient } from '@tanstack/react-query'
import { GitCompareArrows } from 'lucide-react'
import { useEffect } from 'react'
import { Link } from 'react-router'
import type { Conflict } from '../../../src/contract/folders.ts'
import { desktop } from '../../data/desktop.ts'
import { accountOf, useSession } from '../../data/stores.ts'

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
        <Link
          to={conflictPath(conflict)}
          className="inline-flex h-8 items-center rounded-md border bg-raised px-3 font-medium text-sm shadow-sm hover:border-line-strong"
        >
          Compare<span className="sr-only"> both versions of {conflict.path}</span>
        </Link>
      </li>
    ))}
  </ul>
)
