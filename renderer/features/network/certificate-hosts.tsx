import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useState } from 'react'
import { desktop } from '../../data/desktop.ts'
import { useNetwork } from '../../data/stores.ts'
import { Button } from '../../ui/button.tsx'

/** Which servers are shown a certificate without a question, and the way to be asked again. */
export const CertificateHosts = () => {
  const hosts = useNetwork(({ certificateHosts }) => certificateHosts)
  const [told, setTold] = useState('')
  const forget = async (host: string): Promise<void> => {
    setTold(
      await desktop.network.forgetCertificate({ host }).then(
        () => t`${host} asks which certificate it is shown after the next start of Atelier.`,
        () => t`What ${host} is shown could not be changed on this computer. Try again.`,
      ),
    )
  }
  return (
    <>
      {hosts.length > 0 && (
        <ul aria-label={t`Servers that are shown a certificate`} className="divide-y border-t">
          {hosts.map((host) => (
            <li key={host} className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3">
              <div className="min-w-48 flex-1">
                <p className="wrap-anywhere font-mono text-xs">{host}</p>
                <p className="text-soft text-xs">
                  <Trans>is shown the certificate that you chose, without asking.</Trans>
                </p>
              </div>
              <Button
                aria-label={t`Forget the certificate for ${host}`}
                onClick={() => void forget(host)}
              >
                <Trans>Forget</Trans>
              </Button>
            </li>
          ))}
        </ul>
      )}
      <p role="status" className={told ? 'border-t px-4 py-2.5 text-soft text-xs' : 'sr-only'}>
        {told}
      </p>
    </>
  )
}
