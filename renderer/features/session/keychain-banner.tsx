import { Trans } from '@lingui/react/macro'
import { KeyRound } from 'lucide-react'
import { desktop } from '../../data/desktop.ts'
import { useBackend, useKeychain } from '../../data/stores.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'

/** Over whatever is shown: the keychain has a window of its own open, which may lie behind others. */
export const KeychainBanner = () => {
  const { isWaiting } = useKeychain()
  // Before that there is nothing to go on with: the key of this computer's own backend is in the keychain, too.
  const canContinue = useBackend((state) => state.status === 'ready')
  return (
    <div aria-live="polite">
      {isWaiting && (
        <Banner
          tone="warning"
          icon={<KeyRound aria-hidden />}
          className="border-b"
          action={
            canContinue && (
              <Button size="sm" onClick={() => void desktop.session.continueInMemory()}>
                <Trans>Continue until I quit</Trans>
              </Button>
            )
          }
        >
          <Trans>
            <span className="font-medium">The keychain is waiting for you.</span> Its window may be
            behind others.
          </Trans>
        </Banner>
      )}
    </div>
  )
}
