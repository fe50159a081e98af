import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useState } from 'react'
import type { CertificateQuestion } from '../../../src/contract/network.ts'
import { desktop } from '../../data/desktop.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatDate } from '../../ui/format.ts'
import { RadioGroup } from '../../ui/radio-group.tsx'
import { Keeping } from './keeping.tsx'

type Certificate = CertificateQuestion['certificates'][number]

const textOf = ({ issuer, validUntil, wasRefused }: Certificate): string =>
  wasRefused
    ? t`From ${issuer}, valid until ${formatDate(validUntil)}. The server did not take it.`
    : t`From ${issuer}, valid until ${formatDate(validUntil)}`

export const CertificateDialog = ({ question }: { question: CertificateQuestion }) => {
  const { id, host, certificates } = question
  const first = certificates.find(({ wasRefused }) => !wasRefused) ?? certificates[0]
  const [fingerprint, setFingerprint] = useState(first?.fingerprint ?? '')
  const [remember, setRemember] = useState(false)
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && void desktop.network.decline({ id })}
      title={t`Show the server a certificate?`}
      description={
        <Trans>
          <span className="wrap-anywhere font-mono text-xs">{host}</span> lets in whoever shows one
          of these certificates of this computer. It tells the server who you are.
        </Trans>
      }
      footer={
        <>
          <Button onClick={() => void desktop.network.decline({ id })}>
            <Trans>Show none</Trans>
          </Button>
          <Button
            variant="primary"
            onClick={() => void desktop.network.showCertificate({ id, fingerprint, remember })}
          >
            <Trans>Show it</Trans>
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <RadioGroup
          legend={t`Certificates of this computer`}
          value={fingerprint}
          onChange={setFingerprint}
          choices={certificates.map((each) => ({
            value: each.fingerprint,
            title: each.subject,
            text: textOf(each),
          }))}
        />
        <Keeping
          label={t`Always show it to this server`}
          text={t`Atelier does not ask again when this server does.`}
          checked={remember}
          onChange={setRemember}
        />
      </div>
    </Dialog>
  )
}
