import { useNetwork } from '../../data/stores.ts'
import { CertificateDialog } from './certificate-dialog.tsx'
import { ProxyDialog } from './proxy-dialog.tsx'
import { TokenDialog } from './token-dialog.tsx'

/** What the network between asks the person, over whatever is shown: the oldest question first. */
export const NetworkQuestions = () => {
  const [question] = useNetwork(({ questions }) => questions)
  if (!question) return null
  if (question.kind === 'proxy') return <ProxyDialog key={question.id} question={question} />
  return question.kind === 'token' ? (
    <TokenDialog key={question.id} question={question} />
  ) : (
    <CertificateDialog key={question.id} question={question} />
  )
}
