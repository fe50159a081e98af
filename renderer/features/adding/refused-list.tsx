import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import type { Addition } from '../../../src/contract/adding.ts'
import { maxFileBytes } from '../../../src/domain/limits.ts'
import { failureText } from '../../text/failure-text.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { formatBytes, formatCount } from '../../ui/format.ts'

type Refused = Addition['refused']

/** What does not come in, each with its reason. */
export const RefusedList = ({ refused }: { refused: Refused }) => (
  <ul className="max-h-48 divide-y overflow-y-auto rounded-lg border text-sm">
    {refused.files.map(({ path, failure }, index) => (
      // A name may be refused twice.
      // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves in this list.
      <li key={`${path} ${index}`} className="px-3 py-1.5">
        <span className="block wrap-anywhere">{path}</span>
        <span className="block text-soft text-xs">
          {failure === 'file.too-large'
            ? t`${failureText[failure].title}: a file has at most ${formatBytes(maxFileBytes)}`
            : failureText[failure].title}{' '}
          <FailureCodeText code={failure} />
        </span>
      </li>
    ))}
    {refused.count > refused.files.length && (
      <li className="px-3 py-1.5 text-soft text-xs">
        <Trans>and {formatCount(refused.count - refused.files.length)} more</Trans>
      </li>
    )}
  </ul>
)

export const RefusedDialog = ({ refused, onClose }: { refused: Refused; onClose: () => void }) => (
  <Dialog
    open
    onOpenChange={(isOpen) => !isOpen && onClose()}
    title={plural(refused.count, {
      one: 'One file did not come in',
      other: '# files did not come in',
    })}
    description={t`The others are here. These stay where they are on this computer.`}
    footer={
      <Button variant="primary" onClick={onClose}>
        <Trans>Close</Trans>
      </Button>
    }
  >
    <RefusedList refused={refused} />
  </Dialog>
)
