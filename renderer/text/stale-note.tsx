import { Trans } from '@lingui/react/macro'
import { formatMoment, formatRelativeTime } from '../ui/format.ts'

/** Under what is shown from this computer while the server cannot be asked: since when it is as it is. */
export const StaleNote = ({ savedAt }: { savedAt: string }) => (
  <p role="note" className="px-4 py-1.5 text-faint text-xs">
    <Trans>
      As the server said{' '}
      <time dateTime={savedAt} title={formatMoment(savedAt)}>
        {formatRelativeTime(savedAt)}
      </time>
      .
    </Trans>
  </p>
)
