import { t } from '@lingui/core/macro'
import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { Place } from '../../../../src/contract/folders.ts'
import { classNames } from '../../../ui/class-names.ts'
import { placeText } from './place-text.ts'

const looks = {
  refuse: { look: 'bg-danger-soft', icon: <CircleAlert aria-hidden className="text-danger" /> },
  warn: { look: 'bg-warning-soft', icon: <TriangleAlert aria-hidden className="text-warning" /> },
  info: { look: '', icon: <Info aria-hidden className="text-info" /> },
} as const

/** What kind of place a folder is, the gravest first. */
export const Findings = ({ place: { root, findings } }: { place: Place }) => (
  <ul aria-label={t`About this folder`} className="divide-y border-t">
    {findings.map((finding) => {
      const { title, sentence } = placeText(finding, root)
      const { look, icon } = looks[finding.severity]
      return (
        <li
          key={`${finding.kind} ${finding.detail}`}
          className={classNames(
            'flex gap-3 px-4 py-2.5 [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0',
            look,
          )}
        >
          {icon}
          <p className="min-w-0 text-sm">
            <span className="font-medium">{title}.</span>{' '}
            <span className="break-words text-soft">{sentence}</span>
          </p>
        </li>
      )
    })}
  </ul>
)
