import { Trans } from '@lingui/react/macro'
import { ShieldAlert } from 'lucide-react'
import { useState } from 'react'
import { desktop } from '../../data/desktop.ts'
import { useNetwork } from '../../data/stores.ts'
import { failureText } from '../../text/failure-text.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'

/** Over whatever is shown: what stands between, and does not go away by itself. */
export const NetworkTroubleBanner = () => {
  const { trouble, questions } = useNetwork()
  const [busy, setBusy] = useState(false)
  const retry = async (): Promise<void> => {
    setBusy(true)
    await desktop.backend.retry().catch(() => {})
    setBusy(false)
  }
  // What is asked is said where it is asked.
  const code = questions.length > 0 ? null : trouble
  const text = code && failureText[code]
  return (
    <div aria-live="polite">
      {code && text && (
        <Banner
          tone="warning"
          icon={<ShieldAlert aria-hidden />}
          className="border-b"
          action={
            <Button size="sm" busy={busy} onClick={() => void retry()}>
              <Trans>Try again</Trans>
            </Button>
          }
        >
          <span className="font-medium">{text.title}.</span> {text.sentence} {text.remedy}{' '}
          <FailureCodeText code={code} />
        </Banner>
      )}
    </div>
  )
}
