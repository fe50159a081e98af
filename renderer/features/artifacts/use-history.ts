import { t } from '@lingui/core/macro'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { mediaTypeOf } from '../../../src/domain/media-type.ts'
import type { MutationCall } from '../../../src/domain/mutation-table.ts'
import { useAccountId } from '../../data/account.ts'
import { desktop } from '../../data/desktop.ts'
import { changeAndHear } from '../../data/mutations.ts'
import { useNames } from '../../data/people.ts'
import { standingOf } from '../../data/server-read.ts'
import { useReached } from '../../data/stores.ts'
import { historyKeys, historyQueries } from './queries.ts'
import type { FileVersion, Revision } from './revisions.ts'

type Outcome = Awaited<ReturnType<typeof changeAndHear>>

/** What going back to a revision does. */
export const useGoingBack = (artifactId: string, to: number) =>
  useQuery(historyQueries.goingBack(useAccountId(), artifactId, to))

/** What the artifact was, commit by commit; asked of the server, which alone keeps it. */
export const useHistory = (projectId: string, artifactId: string) => {
  const client = useQueryClient()
  const account = useAccountId()
  const options = historyQueries.pages(account, artifactId)
  const pages = useInfiniteQuery(options)
  const revisions = pages.data?.pages.flatMap((page) => page.revisions) ?? []
  const names = useNames(revisions.map(({ by }) => by))
  const isReached = useReached()
  useEffect(
    () =>
      desktop.on('artifacts.changed', ({ artifactIds }) => {
        if (!artifactIds.includes(artifactId)) return
        // What a file was stays so; what there is of them, and what going back does, is another now.
        void client.invalidateQueries({
          queryKey: historyKeys.all(account, artifactId),
          predicate: ({ queryKey }) => !historyKeys.isContent(queryKey),
        })
      }),
    [client, account, artifactId],
  )
  const done = async (call: MutationCall): Promise<Outcome> => {
    try {
      const outcome = await changeAndHear(call, isReached)
      if (outcome === 'applied') await after()
      return outcome
    } catch (error) {
      // What was confirmed is what was listed; it is listed anew. The refusal does not wait for a server that may be slow.
      void client.invalidateQueries({
        queryKey: historyKeys.all(account, artifactId),
        predicate: ({ queryKey }) => !historyKeys.isContent(queryKey),
      })
      throw error
    }
  }
  const after = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: options.queryKey })
    // It is done; that this computer has not caught up yet is no failure of it.
    await desktop.sync.run({ projectId, files: 'pinned', unasked: true }).catch(() => {})
  }
  return {
    pages,
    standing: standingOf(pages, options.queryKey),
    revisions,
    nameOf: (id: string | null): string => (id && names[id]) || t`Somebody`,
    /** All files as they were after that revision, as one more; refused where `newest`, which was looked at, is not any more. */
    restore: ({ number }: Revision, newest: number): Promise<Outcome> =>
      done({
        name: 'artifacts.restore',
        input: { artifactId, projectId, revision: number, newest },
      }),
    /** One file as it was, under the name that it had; the same of the file's newest version. */
    restoreFile: (version: FileVersion, newest: FileVersion): Promise<Outcome> =>
      done({
        name: 'artifacts.restoreFile',
        input: {
          artifactId,
          projectId,
          fileId: version.file_id,
          revision: version.revision,
          newest: newest.revision,
          mediaType: mediaTypeOf(version.file_path),
        },
      }),
  }
}
