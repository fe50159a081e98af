import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { FolderSync, GitCompareArrows } from 'lucide-react'
import type { ReactNode } from 'react'
import { useNavigate } from 'react-router'
import { failureOf } from '../../data/desktop.ts'
import { lastProject } from '../../data/last-project.ts'
import { useFolders } from '../../data/stores.ts'
import { ErrorState } from '../../text/error-state.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ScrollArea } from '../../ui/scroll-area.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ChangeList, useShownChanges } from '../changes/index.ts'
import { ConflictList, useConflicts } from './conflicts.tsx'
import { FolderList } from './folder-list.tsx'
import { linkAddress } from './linking/examine.ts'
import { SyncPanel } from './sync-panel.tsx'

/** All that sync does, waits for and needs. */
export const SyncScreen = () => {
  const links = useFolders((state) => state.links)
  const conflicts = useConflicts()
  const changes = useShownChanges()
  const navigate = useNavigate()
  const last = lastProject()
  const hasConflicts = (conflicts.data?.length ?? 0) > 0
  const conflictSection = (
    <Section
      title={t`Conflicts`}
      text={t`Both sides changed the same file. Both versions are kept until somebody decides.`}
    >
      {conflicts.isPending ? (
        <Skeleton rows={2} label={t`Loading conflicts`} />
      ) : conflicts.isLoadingError ? (
        <ErrorState code={failureOf(conflicts.error)} onRetry={() => void conflicts.refetch()} />
      ) : conflicts.data.length === 0 ? (
        <p className="flex items-center gap-3 px-4 py-3 text-sm text-soft">
          <GitCompareArrows aria-hidden className="size-4 shrink-0 text-faint" />
          <Trans>No conflicts: nothing here was edited in two places at once.</Trans>
        </p>
      ) : (
        <ConflictList conflicts={conflicts.data} />
      )}
    </Section>
  )
  return (
    <ScrollArea label={t`Sync`} className="flex-1">
      <div className="mx-auto flex max-w-180 flex-col gap-8 px-6 py-8">
        <h1 className="font-semibold text-xl">
          <Trans>Sync</Trans>
        </h1>
        <Section title={t`Now`}>
          <div className="p-4">
            <SyncPanel />
          </div>
        </Section>
        {changes.length > 0 && (
          <Section
            title={t`Changes`}
            text={t`Titles, names, orders and what you went back to: what the server has not taken yet.`}
          >
            <ChangeList changes={changes} />
          </Section>
        )}
        {hasConflicts && conflictSection}
        <Section
          title={t`Linked folders`}
          text={t`Folders of this computer that follow an artifact.`}
        >
          {links === null ? (
            <Skeleton rows={2} label={t`Loading linked folders`} />
          ) : links.length === 0 ? (
            <EmptyState
              icon={<FolderSync />}
              title={t`No linked folders`}
              action={
                <Button onClick={() => void navigate(last ? linkAddress(last, null) : '/')}>
                  {last ? t`Link a folder…` : t`Go to the projects`}
                </Button>
              }
            >
              <Trans>
                Open a project or an artifact and choose “Link to a folder…” to work on its files
                with any program.
              </Trans>
            </EmptyState>
          ) : (
            <FolderList links={links} />
          )}
        </Section>
        {!hasConflicts && conflictSection}
      </div>
    </ScrollArea>
  )
}

const Section = ({
  title,
  text,
  children,
}: {
  title: string
  text?: string
  children: ReactNode
}) => (
  <section aria-label={title}>
    <h2 className="font-semibold text-base">{title}</h2>
    {text && <p className="mt-0.5 text-sm text-soft">{text}</p>}
    <div className="mt-3 overflow-hidden rounded-lg border bg-raised">{children}</div>
  </section>
)
