import { useState } from 'react'
import type { CertificateQuestion } from '../../../src/contract/network.ts'
import { desktop } from '../../data/desktop.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatDate } from '../../ui/format.ts'
import { RadioGroup } from '../../ui/radio-group.tsx'
import { Keeping } from './keeping.tsx'

export const CertificateDialog = ({ question }: { question: CertificateQuestion }) => {
  const { id, host, certificates } = question
  const first = certificates.find(({ wasRefused }) => !wasRefused) ?? certificates[0]
  const [fingerprint, setFingerprint] = useState(first?.fingerprint ?? '')
  const [remember, setRemember] = useState(false)
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && void desktop.network.decline({ id })}
      title="Show the server a certificate?"
      description={
        <>
          <span className="wrap-anywhere font-mono text-xs">{host}</span> lets in whoever shows one
          of these certificates of this computer. It tells the server who you are.
        </>
      }
      footer={
        <>
          <Button onClick={() => void desktop.network.decline({ id })}>Show none</Button>
          <Button
            variant="primary"
            onClick={() => void desktop.network.showCertificate({ id, fingerprint, remember })}
          >
            Show it
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <RadioGroup
          legend="Certificates of this computer"
          value={fingerprint}
          onChange={setFingerprint}
          choices={certificates.map((each) => ({
            ...{ value: each.fingerprint, title: each.subject },
            text: `From ${each.issuer}, valid until ${formatDate(each.validUntil)}${each.wasRefused ? '. The server did not take it.' : ''}`,
          }))}
        />
        <Keeping
          label="Always show it to this server"
          text="Atelier does not ask again when this server does."
          checked={remember}
          onChange={setRemember}
        />
      </div>
    </Dialog>
  )
}
