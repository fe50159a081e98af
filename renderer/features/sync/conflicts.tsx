import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { GitCompareArrows } from 'lucide-react'
import { useEffect } from 'react'
import type { Conflict } from '../../../src/contract/folders.ts'
import { useAccountId } from '../../data/account.ts'
import { artifactKeys, artifactQueries } from '../../data/artifact-queries.ts'
import { desktop } from '../../data/desktop.ts'
import { ButtonLink } from '../../ui/button-link.tsx'

/** Conflict copies that this computer knows of, followed as files change. */
export const useConflicts = (projectId: string | null = null) => {
  const client = useQueryClient()
  const account = useAccountId()
  useEffect(
    () =>
      desktop.on(
        'artifacts.changed',
        () =>
          void client.invalidateQueries({
            queryKey: [...artifactKeys.all(account), 'conflicts'],
          }),
      ),
    [client, account],
  )
  return useQuery(artifactQueries.conflicts(account, projectId))
}

export const conflictPath = ({ artifactId, copyId }: Conflict): string =>
  `/sync/conflicts/${artifactId}/${copyId}`

export const ConflictList = ({ conflicts }: { conflicts: readonly Conflict[] }) => (
  <ul aria-label={t`Conflicts`} className="divide-y">
    {conflicts.map((conflict) => (
      <li key={conflict.copyId} className="flex items-center gap-3 px-4 py-2.5">
        <GitCompareArrows aria-hidden className="size-4 shrink-0 text-warning" />
        <div className="min-w-0 flex-1">
          <p className="truncate font-mono text-xs">{conflict.path}</p>
          <p className="truncate text-faint text-xs">
            <Trans>
              {conflict.title} · also edited on {conflict.device}
            </Trans>
          </p>
        </div>
        <ButtonLink to={conflictPath(conflict)}>
          <Trans>
            Compare<span className="sr-only"> both versions of {conflict.path}</span>
          </Trans>
        </ButtonLink>
      </li>
    ))}
  </ul>
)
