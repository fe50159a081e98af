import { useNetwork } from '../../data/stores.ts'
import { CertificateDialog } from './certificate-dialog.tsx'
import { ProxyDialog } from './proxy-dialog.tsx'

/** What the network between asks the person, over whatever is shown: the oldest question first. */
export const NetworkQuestions = () => {
  const [question] = useNetwork(({ questions }) => questions)
  if (!question) return null
  return question.kind === 'proxy' ? (
    <ProxyDialog key={question.id} question={question} />
  ) : (
    <CertificateDialog key={question.id} question={question} />
  )
}
