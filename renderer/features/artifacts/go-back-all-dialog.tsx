import { plural, t } from '@lingui/core/macro'
import { Plural, Trans } from '@lingui/react/macro'
import { failureOf } from '../../data/desktop.ts'
import { failureText } from '../../text/failure-text.ts'
import { Button } from '../../ui/button.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { formatCount, formatMoment, formatRelativeTime } from '../../ui/format.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { GoBackDialog } from './go-back-dialog.tsx'
import type { GoingBack } from './going-back.ts'
import { useIsUnreached } from './needs-server.tsx'
import type { Revision } from './revisions.ts'
import { useGoingBack } from './use-history.ts'

/** Names that are shown of one kind. */
const maxNames = 100

/** The one question before all files go back: what becomes of which. */
export const GoBackAllDialog = ({
  artifactId,
  revision,
  listed,
  nameOf,
  busy,
  onGo,
  onClose,
}: {
  artifactId: string
  revision: Revision
  /** The newest one of the list. */
  listed: number
  nameOf: (id: string | null) => string
  busy: boolean
  /** `newest`: the revision that was the last when this was listed. Others' later ones are not undone. */
  onGo: (newest: number) => void
  onClose: () => void
}) => {
  const { data, error, isFetching, refetch } = useGoingBack(artifactId, revision.number)
  // What it does cannot be looked up; that it may be done does not depend on that.
  const isBlind = useIsUnreached(data, error)
  const isNothing =
    data && data.removed.length + data.changed.length + data.back.length === 0 && !data.isCut
  return (
    <GoBackDialog
      title={t`Go back to version ${revision.number}?`}
      what={t`All files become as they were then, and nobody is asked again.`}
      busy={busy}
      disabled={!isBlind && (!data || isFetching || Boolean(isNothing))}
      onGo={() => (isBlind ? onGo(listed) : data && onGo(data.newest))}
      onClose={onClose}
    >
      {isBlind ? (
        <p className="text-sm">
          <Trans>
            Without the server nobody can say now what this changes. It is done when the server is
            back, unless somebody changes the artifact before.
          </Trans>
        </p>
      ) : error ? (
        <div role="alert" className="flex items-center gap-3 text-danger text-sm">
          <p className="flex-1">
            <Trans>
              What this changes could not be read. {failureText[failureOf(error)].title}.
            </Trans>{' '}
            <FailureCodeText code={failureOf(error)} />
          </p>
          <Button busy={isFetching} onClick={() => void refetch()}>
            <Trans>Try again</Trans>
          </Button>
        </div>
      ) : !data ? (
        <Skeleton rows={3} label={t`Finding out what this changes`} />
      ) : isNothing ? (
        <p className="text-sm">
          <Trans>All files are as they were then already.</Trans>
        </p>
      ) : (
        <Changes what={data} nameOf={nameOf} />
      )}
    </GoBackDialog>
  )
}

const Changes = ({ what, nameOf }: { what: GoingBack; nameOf: (id: string | null) => string }) => (
  <div className="flex flex-col gap-2 text-sm">
    {what.isCut && (
      <p>
        <Trans>More has changed since than is listed here.</Trans>
      </p>
    )}
    <Names
      title={(count) => plural(count, { one: 'One file is removed', other: '# files are removed' })}
      names={what.removed}
    />
    <Names
      title={(count) => plural(count, { one: 'One file changes', other: '# files change' })}
      names={what.changed}
    />
    <Names
      title={(count) => plural(count, { one: 'One file comes back', other: '# files come back' })}
      names={what.back}
    />
    {what.undoes.map(({ by, files, at }) => (
      <p key={by} className="rounded-md bg-warning-soft p-3">
        <Trans>
          {nameOf(by)} removed <Plural value={files} one="one file" other="# files" /> of these,{' '}
          <time dateTime={at} title={formatMoment(at)}>
            {formatRelativeTime(at)}
          </time>
          . Going back undoes that for everybody.
        </Trans>
      </p>
    ))}
  </div>
)

const Names = ({ title, names }: { title: (count: number) => string; names: string[] }) =>
  names.length > 0 && (
    <details open={names.length <= 5}>
      <summary className="cursor-pointer font-medium">{title(names.length)}</summary>
      <ul className="mt-1 max-h-40 overflow-y-auto font-mono text-xs">
        {names.slice(0, maxNames).map((name) => (
          <li key={name} className="truncate" title={name}>
            {name}
          </li>
        ))}
        {names.length > maxNames && (
          <li>
            <Trans>and {formatCount(names.length - maxNames)} more</Trans>
          </li>
        )}
      </ul>
    </details>
  )
