import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import type { ComponentProps } from 'react'
import type { Updates } from '../../../src/contract/updates.ts'
import { desktop } from '../../data/desktop.ts'
import { runAction } from '../../data/run-action.ts'
import { Button } from '../../ui/button.tsx'

type PageButtonProps = Pick<ComponentProps<typeof Button>, 'size' | 'variant'> & {
  updates: Updates
  onOpen?: () => void
}

/** Where a new version is to be had, for who installs it by hand. */
export const PageButton = ({ updates, onOpen, ...look }: PageButtonProps) => (
  <Button
    {...look}
    onClick={() => {
      onOpen?.()
      void runAction(() => desktop.updates.openPage())
    }}
  >
    {updates.copiesFirst ? t`Copy, open the page and quit` : t`Open the download page`}
  </Button>
)

/** After what came to nothing. */
export const WayOn = ({ updates, ...look }: PageButtonProps) =>
  updates.state.status === 'failed' && updates.state.failure === 'update.no-copy' ? (
    <Button {...look} onClick={() => void runAction(() => desktop.updates.goOnWithoutCopy())}>
      <Trans>Update without this database</Trans>
    </Button>
  ) : (
    <PageButton updates={updates} {...look} />
  )
