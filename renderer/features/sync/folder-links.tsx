import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { FolderOpen, FolderSync, Pause, Play, RefreshCw, Trash2, Unlink } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import type { FolderLink } from '../../../src/contract/folders.ts'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { useSync } from '../../data/stores.ts'
import { failureText } from '../../text/failure-text.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { formatBytes, formatCount, formatFilesOf, formatRelativeTime } from '../../ui/format.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { announce } from '../../ui/live-region.tsx'
import { Progress } from '../../ui/progress.tsx'
import { showToast } from '../../ui/toasts.ts'
import { BlockedFiles } from './blocked-list.tsx'
import { heldWords } from './held-words.ts'
import { linkAddress } from './linking/examine.ts'
import { linkWord } from './linking/link-words.ts'
import { OnlyHere } from './linking/only-here.tsx'
import { speedText, unshown } from './status-text.ts'
import { PendingList, TransferList } from './transfer-list.tsx'
import { TrashDialog } from './trash-dialog.tsx'
import { UnlinkDialog } from './unlink-dialog.tsx'

/** Linked folders: how each is, what waits in it, and what one can do. */
export const FolderLinks = ({ links, label }: { links: readonly FolderLink[]; label: string }) => (
  <ul aria-label={label} className="divide-y">
    {links.map((link) => (
      <li key={link.id} className="flex flex-col gap-3 px-4 py-3">
        <FolderRow link={link} />
        {link.held && <Held link={link} held={link.held} />}
        <BlockedFiles link={link} />
        <OnlyHere link={link} />
      </li>
    ))}
  </ul>
)

const FolderRow = ({ link }: { link: FolderLink }) => {
  const [asking, setAsking] = useState<'unlink' | 'trash' | null>(null)
  const { word, tone } = linkWord(link)
  const { id: linkId } = link
  const allPaused = useSync((state) => state.paused)
  const speed = speedText(link)
  const busy = link.status === 'syncing' && link.bytesTotal > 0
  return (
    <>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
        <FolderSync aria-hidden className="mt-0.5 size-4 shrink-0 text-faint" />
        <div className="min-w-40 flex-1">
          <Link
            to={linkAddress(link.projectId, link.artifactId)}
            className="block truncate font-medium text-ink text-sm hover:underline"
          >
            {link.title}
          </Link>
          <p className="wrap-anywhere font-mono text-faint text-xs">{link.root}</p>
        </div>
        <div className="flex flex-wrap gap-1.5">
          {link.direction === 'down' && (
            <Badge>
              <Trans>Only from the server</Trans>
            </Badge>
          )}
          <Badge tone={tone}>{word}</Badge>
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 pl-7">
        <p className="min-w-32 flex-1 text-faint text-xs">
          {!link.failure &&
            link.lastSyncedAt &&
            t`Checked ${formatRelativeTime(link.lastSyncedAt)}`}
        </p>
        <div className="-mr-2 flex shrink-0 gap-0.5">
          <IconButton
            size="sm"
            label={t`Show ${link.title} in the file manager`}
            icon={<FolderOpen />}
            onClick={() => void runAction(() => desktop.folders.reveal({ linkId }))}
          />
          <IconButton
            size="sm"
            label={link.status === 'paused' ? t`Resume ${link.title}` : t`Pause ${link.title}`}
            icon={link.status === 'paused' ? <Play /> : <Pause />}
            // All of syncing is paused: this folder alone cannot go on.
            disabled={allPaused}
            onClick={() =>
              void runAction(() =>
                desktop.folders.setPaused({ linkId, paused: link.status !== 'paused' }),
              )
            }
          />
          <IconButton
            size="sm"
            label={t`Look again at ${link.title}`}
            icon={<RefreshCw />}
            onClick={() => void runAction(() => desktop.folders.retry({ linkId }))}
          />
          <Button size="sm" variant="quiet" onClick={() => setAsking('trash')}>
            <Trash2 aria-hidden />{' '}
            <Trans>
              Trash<span className="sr-only"> of {link.title}</span>
            </Trans>
          </Button>
          <Button size="sm" variant="quiet" onClick={() => setAsking('unlink')}>
            <Unlink aria-hidden />{' '}
            <Trans>
              Unlink<span className="sr-only"> {link.title}</span>
            </Trans>
          </Button>
        </div>
      </div>
      {busy && (
        <Progress
          label={formatFilesOf(link.filesDone, link.filesTotal)}
          value={link.bytesDone}
          total={link.bytesTotal}
          detail={t`${formatBytes(Math.min(link.bytesDone, link.bytesTotal))} of ${formatBytes(link.bytesTotal)}`}
        />
      )}
      {busy && speed && <p className="text-soft text-xs tabular-nums">{speed}</p>}
      <TransferList
        label={t`On the way: ${link.title}`}
        transfers={link.transfers}
        more={unshown(link)}
        placeOf={({ path }) => ({ of: 'folder', linkId, path })}
      />
      <PendingList label={t`Waiting: ${link.title}`} pending={link.pending} />
      {link.failure && link.status !== 'offline' && (
        <p role="alert" className="text-danger text-sm">
          <span className="font-medium">{failureText[link.failure].title}.</span>{' '}
          {failureText[link.failure].sentence} {failureText[link.failure].remedy}{' '}
          <FailureCodeText code={link.failure} />
        </p>
      )}
      {link.failure === 'folder.missing' && link.status !== 'offline' && <Missing link={link} />}
      {link.watching !== 'full' && (
        <p className="text-soft text-sm">
          {link.watching === 'none'
            ? t`This computer does not tell when something changes in this folder. All of it is looked at every 15 seconds instead, so changes take a little longer.`
            : t`This computer does not tell of every change in this folder, because it watches as many folders as it can. All of it is looked at every 15 seconds instead, so changes take a little longer.`}
        </p>
      )}
      {asking === 'unlink' && (
        <UnlinkDialog
          link={link}
          onClose={() => setAsking(null)}
          onTrash={() => setAsking('trash')}
        />
      )}
      {asking === 'trash' && <TrashDialog link={link} onClose={() => setAsking(null)} />}
    </>
  )
}

/** The person knows whether it was moved, removed, or is on a disk that is not connected. */
const Missing = ({ link }: { link: FolderLink }) => {
  const { id: linkId, title } = link
  const [busy, setBusy] = useState(false)
  const choose = async () => {
    setBusy(true)
    await runAction(async () => {
      const place = await desktop.folders.relocate({ linkId })
      if (place !== null) showToast(t`${title} is followed at ${place}`)
    })
    setBusy(false)
  }
  return (
    <div className="flex flex-wrap gap-2">
      <Button size="sm" busy={busy} onClick={() => void choose()}>
        <Trans>
          Choose its new place…<span className="sr-only"> {title}</span>
        </Trans>
      </Button>
      <Button size="sm" onClick={() => void runAction(() => desktop.folders.retry({ linkId }))}>
        <Trans>
          Look again<span className="sr-only"> at {title}</span>
        </Trans>
      </Button>
    </div>
  )
}

/** Nothing of this is done before somebody says so. */
const Held = ({ link, held }: { link: FolderLink; held: NonNullable<FolderLink['held']> }) => {
  const words = heldWords(held)
  const decide = (decision: 'delete' | 'keep') =>
    void runAction(async () => {
      await desktop.folders.decideDeletions({ linkId: link.id, decision })
      announce(decision === 'delete' ? t`The files are deleted` : t`The files come back`)
    })
  return (
    <section
      aria-label={t`Deletions in ${link.title} that wait`}
      className="rounded-md bg-warning-soft p-3"
    >
      <p className="font-medium text-sm">{words.question}</p>
      <p className="mt-0.5 text-soft text-sm">
        <Trans>
          Nothing happens before you decide. {words.bringingBack} Deleted files stay in the
          artifact’s history, and those that go from this folder in its trash, for 30 days.
        </Trans>
      </p>
      <details className="mt-1 text-sm">
        <summary className="cursor-pointer text-soft">
          <Trans>Which files</Trans>
        </summary>
        <ul className="mt-1 max-h-40 overflow-y-auto font-mono text-xs">
          {held.paths.toSorted().map((path) => (
            <li key={path} className="truncate">
              {path}
            </li>
          ))}
          {held.count > held.paths.length && (
            <li>
              <Trans>and {formatCount(held.count - held.paths.length)} more</Trans>
            </li>
          )}
        </ul>
      </details>
      <div className="mt-3 flex gap-2">
        <Button onClick={() => decide('keep')}>
          <Trans>Bring them back</Trans>
        </Button>
        <Button variant="danger" onClick={() => decide('delete')}>
          {words.remove}
        </Button>
      </div>
    </section>
  )
}
