import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { Pending, Transfer, TransferPlace } from '../../../src/contract/sync.ts'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { formatCount } from '../../ui/format.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { announce } from '../../ui/live-region.tsx'
import { Progress } from '../../ui/progress.tsx'
import { focusNear } from './focus-near.ts'
import { pendingText, transferText } from './status-text.ts'

const stop = (path: string, place: TransferPlace): void =>
  void runAction(async () => {
    const isStopped = await desktop.sync.cancelTransfer(place)
    announce(isStopped ? t`${path} is stopped` : t`${path} had come to its end`)
  })

const keyOf = ({ fileId, path }: Transfer): string => `${fileId} ${path}`

/** What is on its way just now, each with its speed and time left. */
export const TransferList = ({
  transfers,
  label,
  more,
  placeOf,
}: {
  transfers: readonly Transfer[]
  label: string
  /** So many others are on their way as well. */
  more: number
  placeOf: (transfer: Transfer) => TransferPlace
}) => {
  const place = useRef<HTMLDivElement>(null)
  const pressed = useRef<string | null>(null)
  useEffect(() => {
    if (pressed.current === null || transfers.some((each) => keyOf(each) === pressed.current))
      return
    pressed.current = null
    focusNear(place.current)
  }, [transfers])
  return (
    <div ref={place} className="empty:hidden">
      {transfers.length > 0 && (
        <ul aria-label={label} className="flex flex-col gap-2">
          {transfers.map((transfer) => {
            const detail = transferText(transfer)
            return (
              <li key={keyOf(transfer)} className="flex items-center gap-2">
                <div className="min-w-0 flex-1">
                  <Progress
                    label={`${transfer.direction === 'up' ? '↑' : '↓'} ${transfer.path}`}
                    value={transfer.bytesDone}
                    total={transfer.bytesTotal}
                    {...(detail ? { detail } : {})}
                  />
                </div>
                <IconButton
                  size="sm"
                  label={t`Stop ${transfer.path}`}
                  icon={<X />}
                  onClick={() => {
                    pressed.current = keyOf(transfer)
                    stop(transfer.path, placeOf(transfer))
                  }}
                />
              </li>
            )
          })}
          {more > 0 && (
            <li className="text-faint text-xs">
              <Trans>and {formatCount(more)} more</Trans>
            </li>
          )}
        </ul>
      )}
    </div>
  )
}

/** What has yet to begin. */
export const PendingList = ({ pending, label }: { pending: Pending; label: string }) => {
  const text = pendingText(pending)
  const more = pending.up + pending.down - pending.files.length
  if (text === null) return null
  return (
    <details open className="text-sm">
      <summary className="w-fit cursor-pointer rounded-sm text-soft">{text}</summary>
      <ul
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        className="mt-1.5 max-h-44 overflow-y-auto rounded-md border py-1"
      >
        {pending.files.map(({ artifactId, title, path, direction }) => (
          <li
            key={`${artifactId} ${direction} ${path}`}
            className="flex items-center gap-2 px-3 py-1 [&>svg]:size-3.5 [&>svg]:shrink-0 [&>svg]:text-faint"
          >
            {direction === 'up' ? <ArrowUp aria-hidden /> : <ArrowDown aria-hidden />}
            <span className="sr-only">{direction === 'up' ? t`To send:` : t`To fetch:`}</span>
            <span className="min-w-0 flex-1 truncate font-mono text-xs">{path}</span>
            {title && <span className="max-w-2/5 truncate text-faint text-xs">{title}</span>}
          </li>
        ))}
        {more > 0 && (
          <li className="px-3 py-1 text-faint text-xs">
            <Trans>and {formatCount(more)} more</Trans>
          </li>
        )}
      </ul>
    </details>
  )
}
