import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { ChevronLeft, CircleCheck } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import type { FileContent } from '../../../src/contract/artifacts.ts'
import type { Conflict, Decision } from '../../../src/contract/folders.ts'
import { useAccountId } from '../../data/account.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { useSession } from '../../data/stores.ts'
import { ErrorState } from '../../text/error-state.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatBytes } from '../../ui/format.ts'
import { announce } from '../../ui/live-region.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { TextDiff } from '../editor/index.tsx'
import { type Side, sidesOf } from './authorship.ts'
import { conflictPath, useConflicts } from './conflicts.tsx'
import { syncQueries } from './queries.ts'
import { useAuthors } from './server-queries.ts'

export const ConflictScreen = () => {
  const { artifactId = '', copyId = '' } = useParams()
  const conflicts = useConflicts()
  const navigate = useNavigate()
  const conflict = conflicts.data?.find(
    (each) => each.artifactId === artifactId && each.copyId === copyId,
  )
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (copyId) heading.current?.focus()
  }, [copyId])
  if (conflicts.isPending) return <Skeleton rows={8} label={t`Loading both versions`} />
  if (conflicts.isLoadingError)
    return <ErrorState code={failureOf(conflicts.error)} onRetry={() => void conflicts.refetch()} />
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex items-center gap-3 border-b px-4 py-3">
        <Link
          to="/sync"
          aria-label={t`Back to sync`}
          className="grid size-8 place-items-center rounded-md text-soft hover:bg-hover hover:text-ink"
        >
          <ChevronLeft aria-hidden className="size-5" />
        </Link>
        <div className="min-w-0">
          <h1 ref={heading} tabIndex={-1} className="truncate font-semibold text-lg outline-none">
            {conflict ? conflict.path : t`Conflict`}
          </h1>
          <p className="truncate text-faint text-xs">{conflict?.title ?? ' '}</p>
        </div>
      </header>
      {conflict ? (
        <Comparison key={conflict.copyId} conflict={conflict} all={conflicts.data} />
      ) : (
        <EmptyState
          icon={<CircleCheck />}
          title={t`This conflict is resolved`}
          action={
            <Button onClick={() => void navigate('/sync')}>
              <Trans>Open sync</Trans>
            </Button>
          }
        >
          <Trans>Somebody has decided already, or the copy was removed.</Trans>
        </EmptyState>
      )}
    </div>
  )
}

const Comparison = ({ conflict, all }: { conflict: Conflict; all: readonly Conflict[] }) => {
  const navigate = useNavigate()
  const online = useSession((session) => session.status === 'active')
  const [busy, setBusy] = useState(false)
  const { artifactId, originalId, originalRevision, copyId, copyRevision } = conflict
  const you = useAccountId()
  const sides = sidesOf(conflict, useAuthors(conflict), you)
  const versions = useQuery(syncQueries.conflict(you, conflict))

  const keep = async (which: Decision['keep']) => {
    setBusy(true)
    const done = await runAction(() =>
      desktop.artifacts.resolveConflict({
        artifactId,
        originalId,
        originalRevision,
        copyId,
        copyRevision,
        keep: which,
      }),
    )
    setBusy(false)
    if (!done) return
    announce(t`${conflict.path} is resolved`)
    const next = all.find((each) => each.copyId !== copyId)
    void navigate(next ? conflictPath(next) : '/sync')
  }
  return (
    <>
      <div className="grid grid-cols-2 border-b text-sm">
        <SideHeading {...sides.original} path={conflict.path} />
        <SideHeading {...sides.copy} path={conflict.copyPath} />
      </div>
      <div className="min-h-0 flex-1">
        {versions.isPending ? (
          <Skeleton rows={8} label={t`Loading both versions`} />
        ) : versions.isLoadingError ? (
          <ErrorState code={failureOf(versions.error)} onRetry={() => void versions.refetch()} />
        ) : (
          <Versions
            {...versions.data}
            path={conflict.path}
            names={[sides.original.heading, sides.copy.heading]}
          />
        )}
      </div>
      <footer className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t px-4 py-3">
        <p className="min-w-56 flex-1 text-soft text-sm">
          {online
            ? t`Whichever you keep, the other stays in the file’s history.`
            : t`You can decide once you are back online.`}
        </p>
        <div className="ml-auto flex flex-wrap justify-end gap-2">
          <Button disabled={!online} busy={busy} onClick={() => void keep('original')}>
            {sides.original.keep}
          </Button>
          <Button disabled={!online} busy={busy} onClick={() => void keep('copy')}>
            {sides.copy.keep}
          </Button>
          {originalId && (
            <Button
              variant="primary"
              disabled={!online}
              busy={busy}
              onClick={() => void keep('both')}
            >
              <Trans>Keep both</Trans>
            </Button>
          )}
        </div>
      </footer>
    </>
  )
}

const SideHeading = ({ heading, detail, path }: Side & { path: string }) => (
  <div className="min-w-0 border-l px-4 py-2 first:border-l-0">
    <p className="wrap-anywhere">
      <span className="font-medium">{heading}</span>
      {detail && <span className="text-soft">, {detail}</span>}
    </p>
    <p className="truncate font-mono text-faint text-xs" title={path}>
      {path}
    </p>
  </div>
)

const Versions = ({
  original,
  copy,
  path,
  names,
}: {
  original: FileContent | null
  copy: FileContent
  path: string
  names: readonly [string, string]
}) => {
  if (copy.kind === 'text' && (original === null || original.kind === 'text'))
    return <TextDiff theirs={original?.text ?? ''} mine={copy.text} path={path} names={names} />
  return (
    <div className="grid h-full grid-cols-2">
      <Opaque content={original} />
      <Opaque content={copy} />
    </div>
  )
}

/** What is no text cannot be compared line by line; its size tells it apart. */
const Opaque = ({ content }: { content: FileContent | null }) => (
  <div className="flex flex-col items-center justify-center gap-1 border-l px-6 text-center first:border-l-0">
    <p className="font-medium">{content ? t`Not a text` : t`Deleted`}</p>
    {content?.kind === 'binary' && <p className="text-soft text-sm">{formatBytes(content.size)}</p>}
  </div>
)
