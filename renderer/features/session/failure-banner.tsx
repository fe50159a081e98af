import type { FailureCode } from '../../../src/domain/failure.ts'
import { failureText } from '../../text/failure-text.ts'
import { Banner } from '../../ui/banner.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'

export const FailureBanner = ({ code }: { code: FailureCode | null }) => {
  if (!code) return null
  const text = failureText[code]
  return (
    <Banner tone="danger" className="mb-4 items-start rounded-md py-2 [&>svg]:mt-0.5">
      <p className="font-medium">{text.title}</p>
      <p>
        {text.remedy} <FailureCodeText code={code} />
      </p>
    </Banner>
  )
}
