import { i18n } from '@lingui/core'
import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import type { FolderLink } from '../../../src/contract/folders.ts'
import type { BlockedItem } from '../../../src/contract/sync.ts'
import type { FailureCode } from '../../../src/domain/failure.ts'
import { useAccountId } from '../../data/account.ts'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { useSession, useSync } from '../../data/stores.ts'
import { failureText } from '../../text/failure-text.ts'
import { Button } from '../../ui/button.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { formatCount } from '../../ui/format.ts'
import { announce } from '../../ui/live-region.tsx'
import { DiscardDialog } from './discard-dialog.tsx'
import { focusNear } from './focus-near.ts'
import { syncQueries } from './queries.ts'
import {
  fileResolutions,
  folderResolutions,
  type OwnWork,
  type Resolution,
  revertText,
} from './resolutions.ts'
import { RevertAll } from './revert-all.tsx'
import { saveCopy } from './save-copy.ts'

/** So many at once; the rest comes up as these are dealt with. */
const maxShown = 100

/** Files of the cache that wait for the person. `onLeave`: another screen is about to be shown. */
export const BlockedList = ({
  items,
  onLeave,
}: {
  items: readonly BlockedItem[]
  onLeave?: (() => void) | undefined
}) => {
  const navigate = useNavigate()
  return (
    <Cards label={t`Needs your attention`} count={items.length}>
      {items.slice(0, maxShown).map((item) => {
        const { fileId, artifactId, projectId, path, failure, title } = item
        return (
          <Card
            key={fileId}
            fileId={fileId}
            path={path}
            failure={failure}
            title={title}
            ways={fileResolutions(item)}
            onRetry={() => desktop.sync.retryBlocked({ fileId })}
            onOpen={() => {
              onLeave?.()
              void navigate(`/projects/${projectId}/artifacts/${artifactId}?file=${fileId}`)
            }}
          />
        )
      })}
    </Cards>
  )
}

/** The same of a linked folder. */
export const BlockedFiles = ({ link }: { link: FolderLink }) => {
  const { id: linkId } = link
  // Of what is not shared any more there is nothing to put back.
  const ownIn = ({ own }: FolderLink['blocked'][number]) => (link.status === 'gone' ? null : own)
  const count = link.blocked.filter((file) => ownIn(file)).length
  return (
    <>
      {count > 1 && <RevertAll link={link} count={count} />}
      <Cards label={t`Files of ${link.title} that need you`} count={link.blocked.length}>
        {link.blocked.slice(0, maxShown).map((file) => {
          const { path, fileId, failure } = file
          const own = ownIn(file)
          return (
            <Card
              key={`${own} ${path}`}
              fileId={fileId}
              path={path}
              failure={failure}
              own={own}
              title={null}
              ways={folderResolutions(failure, own)}
              onRetry={() => desktop.folders.retry({ linkId })}
              onOpen={() => void runAction(() => desktop.folders.reveal({ linkId }))}
              onRevert={() => desktop.folders.revert({ linkId, path })}
              onLeaveOut={() => desktop.folders.leaveOut({ linkId, path })}
            />
          )
        })}
      </Cards>
    </>
  )
}

const Cards = ({
  label,
  count,
  children,
}: {
  label: string
  count: number
  children: ReactNode
}) => {
  const place = useRef<HTMLDivElement>(null)
  const before = useRef(count)
  useEffect(() => {
    const went = count < before.current
    before.current = count
    if (went) focusNear(place.current)
  }, [count])
  return (
    <div ref={place} className="empty:hidden">
      {count > 0 && (
        <ul aria-label={label} className="flex max-h-96 flex-col gap-2 overflow-y-auto">
          {children}
          {count > maxShown && (
            <li className="text-faint text-xs">
              <Trans>and {formatCount(count - maxShown)} more</Trans>
            </li>
          )}
        </ul>
      )}
    </div>
  )
}

type CardProps = {
  /** Null where the server does not know the file. */
  fileId: string | null
  path: string
  title: string | null
  failure: FailureCode
  /** What of the person's own it is, where they may not send it. */
  own?: OwnWork
  ways: readonly Resolution[]
  onRetry: () => Promise<unknown>
  onOpen: () => void
  onRevert?: () => Promise<unknown>
  onLeaveOut?: () => Promise<unknown>
}

const Card = ({ fileId, path, title, failure, own, ways, ...on }: CardProps) => {
  const { onRetry, onOpen, onRevert, onLeaveOut } = on
  const online = useSession((session) => session.status === 'active')
  const paused = useSync((state) => state.paused)
  const [busy, setBusy] = useState<Resolution | null>(null)
  const [asking, setAsking] = useState(false)
  const here = useQuery({
    ...syncQueries.canSendAgain(useAccountId(), fileId, failure),
    enabled: ways.includes('send-again'),
  })
  const canSend = here.data === true
  const { title: reason, sentence, remedy } = failureText[failure]
  const run = async (
    way: Resolution,
    work: () => Promise<unknown>,
    word: string,
  ): Promise<void> => {
    setBusy(way)
    const done = await runAction(work)
    setBusy(null)
    if (done) announce(word)
  }
  const waits = !online || paused
  const button = (way: Resolution, text: string, onClick: () => void, disabled = false) => (
    <Button
      key={way}
      size="sm"
      busy={busy === way}
      disabled={disabled || (busy !== null && busy !== way)}
      onClick={onClick}
    >
      {text}
      <span className="sr-only"> {path}</span>
    </Button>
  )
  const buttons: Record<Resolution, (id: string) => ReactNode> = {
    retry: () =>
      button(
        'retry',
        t`Try again`,
        () => void run('retry', onRetry, t`${path} is tried again`),
        waits,
      ),
    'send-again': (id) =>
      canSend &&
      button(
        'send-again',
        t`Send it again from this computer`,
        () =>
          void run(
            'send-again',
            () => desktop.sync.sendAgain({ fileId: id }),
            t`${path} is at the server again`,
          ),
        waits,
      ),
    open: () => button('open', t`Open the file`, onOpen),
    reveal: () => button('reveal', t`Show the folder`, onOpen),
    'save-copy': (id) => button('save-copy', t`Save a copy…`, () => void saveCopy(id)),
    revert: () =>
      own &&
      onRevert &&
      button(
        'revert',
        i18n._(revertText[own].button),
        () => void run('revert', onRevert, revertText[own].said(path)),
        waits,
      ),
    'leave-out': () =>
      onLeaveOut &&
      button(
        'leave-out',
        t`Leave this out`,
        () => void run('leave-out', onLeaveOut, t`${path} is left out on this computer`),
      ),
    discard: () => button('discard', t`Discard this edit…`, () => setAsking(true)),
  }
  return (
    <li className="rounded-md border p-3">
      <p className="flex items-baseline gap-3">
        <span className="min-w-0 flex-1 truncate font-mono text-xs">{path}</span>
        {title && <span className="max-w-2/5 truncate text-faint text-xs">{title}</span>}
      </p>
      <p className="mt-1 text-soft text-sm">
        <span className="font-medium text-ink">{reason}.</span> {sentence}{' '}
        {canSend ? t`This computer has it.` : remedy}
        {own && ` ${i18n._(revertText[own].sentence)}`} <FailureCodeText code={failure} />
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        {ways.map((way) => buttons[way](fileId ?? ''))}
      </div>
      {waits && ways.some((way) => way === 'retry' || way === 'send-again') && (
        <p className="mt-1.5 text-faint text-xs">
          {online
            ? t`It can be tried again once syncing goes on.`
            : t`It can be tried again once you are back online.`}
        </p>
      )}
      {asking && fileId !== null && (
        <DiscardDialog fileId={fileId} path={path} onClose={() => setAsking(false)} />
      )}
    </li>
  )
}
