import { i18n } from '@lingui/core'
import { plural } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { ChevronRight, File, Folder, Link2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { LeftOutEntry } from '../../../../src/contract/left-out.ts'
import { classNames } from '../../../ui/class-names.ts'
import { formatBytes, formatCount } from '../../../ui/format.ts'
import { groupsOf, type LeftOutGroup, leftOutText, ruleText } from './left-out-text.ts'

/** Entries of one reason that are shown at once. */
const maxShown = 100

const icons: Record<LeftOutEntry['kind'], ReactNode> = {
  file: <File aria-hidden />,
  folder: <Folder aria-hidden />,
  link: <Link2 aria-hidden />,
  other: <File aria-hidden />,
}

type TreeProps = {
  entries: readonly LeftOutEntry[]
  /** Of all there are, where not all are listed. */
  total: number
  text?: string
  /** What a person can do about one. */
  actions: (entry: LeftOutEntry) => ReactNode
}

/** What is left out, under why. */
export const LeftOutTree = ({ entries, total, text = '', actions }: TreeProps) => (
  <div className="divide-y">
    {groupsOf(entries, text).map((group) => (
      <Group key={group.reason} group={group} actions={actions} startsOpen={text !== ''} />
    ))}
    {total > entries.length && (
      <p className="px-4 py-2.5 text-faint text-xs">
        <Trans>and {formatCount(total - entries.length)} more that are not listed</Trans>
      </p>
    )}
  </div>
)

const Group = ({
  group: { reason, entries },
  actions,
  startsOpen,
}: {
  group: LeftOutGroup
  actions: TreeProps['actions']
  startsOpen: boolean
}) => {
  const title = i18n._(leftOutText[reason].title)
  const sentence = i18n._(leftOutText[reason].sentence)
  // What somebody should see they need not look for.
  const [isOpen, setOpen] = useState(startsOpen || reason === 'private')
  return (
    <section aria-label={title}>
      <h3>
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="focus-inset flex w-full items-start gap-2 px-4 py-2.5 text-left text-sm hover:bg-hover"
        >
          <ChevronRight
            aria-hidden
            className={classNames(
              'mt-0.5 size-4 shrink-0 text-faint transition-transform',
              isOpen && 'rotate-90',
            )}
          />
          <span className="min-w-0 flex-1">
            <span className="font-medium">{title}</span>{' '}
            <span className="text-soft">{sentence}</span>
          </span>
          <span className="shrink-0 text-soft text-xs tabular-nums">
            {formatCount(entries.length)}
          </span>
        </button>
      </h3>
      {isOpen && (
        <ul aria-label={title} className="relative max-h-72 overflow-y-auto border-t">
          {entries.slice(0, maxShown).map((entry) => (
            <li
              key={entry.path}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5 pr-4 pl-10 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-faint"
            >
              {icons[entry.kind]}
              <span className="min-w-32 flex-1">
                <span className="block wrap-anywhere font-mono text-xs">{entry.path}</span>
                <Detail entry={entry} />
              </span>
              {actions(entry)}
            </li>
          ))}
          {entries.length > maxShown && (
            <li className="py-1.5 pr-4 pl-10 text-faint text-xs">
              <Trans>and {formatCount(entries.length - maxShown)} more</Trans>
            </li>
          )}
        </ul>
      )}
    </section>
  )
}

const Detail = ({ entry }: { entry: LeftOutEntry }) => {
  const parts = [
    entry.bytes === null ? null : formatBytes(entry.bytes),
    ruleText(entry),
    entry.atServer === 0
      ? null
      : plural(entry.atServer, {
          one: 'one file of it is at the server',
          other: '# files of it are at the server',
        }),
  ].filter((part) => part !== null)
  if (parts.length === 0) return null
  return <span className="block break-words text-faint text-xs">{parts.join(' · ')}</span>
}
