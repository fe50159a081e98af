import { plural, t } from '@lingui/core/macro'
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'
import type { LinkDirection } from '../../../../src/contract/folders.ts'
import type { Counted, LinkCounts } from '../../../../src/contract/linking.ts'
import { formatBytes } from '../../../ui/format.ts'
import { bothSidesText } from './counts-text.ts'

const Figure = ({
  icon,
  label,
  counted: { files, bytes },
  note,
}: {
  icon: ReactNode
  label: string
  counted: Counted
  note: string
}) => (
  <div className="flex items-start gap-3 px-4 py-3 [&>svg]:mt-1.5 [&>svg]:size-5 [&>svg]:shrink-0 [&>svg]:text-faint">
    {icon}
    <p className="min-w-0">
      <span className="block text-soft text-xs">{label}</span>
      <span className="block font-semibold text-lg tabular-nums">
        {files === 0 ? t`Nothing` : plural(files, { one: '# file', other: '# files' })}
        {files > 0 && (
          <span className="ml-2 font-normal text-sm text-soft">{formatBytes(bytes)}</span>
        )}
      </span>
      <span className="block text-faint text-xs">{note}</span>
    </p>
  </div>
)

/** What would move, each way. Of what is still counted it says so. */
export const Counts = ({
  counts,
  direction,
  isCounting,
}: {
  counts: LinkCounts
  direction: LinkDirection
  isCounting: boolean
}) => {
  const sentences = isCounting ? [] : bothSidesText(counts, direction)
  return (
    <>
      <div className="@container">
        <div className="grid divide-y @md:grid-cols-2 @md:divide-x @md:divide-y-0">
          <Figure
            icon={<ArrowUp aria-hidden />}
            label={t`To the server`}
            counted={direction === 'down' ? { files: 0, bytes: 0 } : counts.up}
            note={
              direction === 'down'
                ? t`This folder sends nothing.`
                : t`Only on this computer so far.`
            }
          />
          <Figure
            icon={<ArrowDown aria-hidden />}
            label={t`To this computer`}
            counted={counts.down}
            note={t`At most; only at the server so far.`}
          />
        </div>
      </div>
      {sentences.length > 0 && (
        <ul className="flex flex-col gap-1 border-t px-4 py-2.5 text-sm text-soft">
          {sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </>
  )
}
