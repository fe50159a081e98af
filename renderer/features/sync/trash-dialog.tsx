import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import type { FolderLink } from '../../../src/contract/folders.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { formatBytes, formatRelativeTime } from '../../ui/format.ts'
import { announce } from '../../ui/live-region.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { act } from './act.ts'

export const trashKey = (link: FolderLink): string[] => ['trash', link.id]

/** What sync took out of a folder, and the way back. */
export const TrashDialog = ({ link, onClose }: { link: FolderLink; onClose: () => void }) => {
  const client = useQueryClient()
  const key = trashKey(link)
  const entries = useQuery({
    queryKey: key,
    queryFn: () => desktop.folders.trash({ linkId: link.id }),
  })
  const restore = (entryId: string) =>
    void act(async () => {
      const path = await desktop.folders.restore({ linkId: link.id, entryId })
      announce(`${path} is back`)
      await client.invalidateQueries({ queryKey: key })
    })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Trash of ${link.title}`}
      description="What sync takes out of this folder is kept here for 30 days."
    >
      {entries.isPending ? (
        <Skeleton rows={3} label="Loading the trash" />
      ) : entries.error ? (
        <ErrorState code={failureOf(entries.error)} onRetry={() => void entries.refetch()} />
      ) : entries.data.length === 0 ? (
        <EmptyState icon={<Trash2 />} title="The trash is empty">
          Files that sync removes from this folder wait here for 30 days.
        </EmptyState>
      ) : (
        <ul aria-label="Removed files" className="max-h-96 divide-y overflow-y-auto">
          {entries.data.map((entry) => (
            <li key={entry.id} className="flex items-center gap-3 py-2">
              <div className="min-w-0 flex-1">
                <p className="truncate font-mono text-xs">{entry.path}</p>
                <p className="text-faint text-xs">
                  {formatBytes(entry.size)} · removed {formatRelativeTime(entry.removedAt)}
                </p>
                {!entry.isPlaceKnown && (
                  <p className="text-faint text-xs">
                    Which folder it was in is not known any more: it comes back to the top one.
                  </p>
                )}
              </div>
              <Button onClick={() => restore(entry.id)}>
                Restore<span className="sr-only"> {entry.path}</span>
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  )
}
