import { t } from '@lingui/core/macro'
import { classNames } from './class-names.ts'

const widths = ['w-3/5', 'w-4/5', 'w-2/5', 'w-3/4', 'w-1/2']

/** The shape of a list that is on its way. */
export const Skeleton = ({
  rows = 6,
  label = t`Loading`,
  tall = false,
}: {
  rows?: number
  label?: string
  /** Two lines a row. */
  tall?: boolean
}) => (
  <div role="status" aria-label={label} className="flex flex-col gap-1 p-2">
    {Array.from({ length: rows }, (_, row) => (
      <div
        // biome-ignore lint/suspicious/noArrayIndexKey: identical rows that never move
        key={row}
        className={classNames('flex items-center gap-3 px-2', tall ? 'h-12' : 'h-8')}
      >
        <span className={classNames('skeleton shrink-0 rounded-md', tall ? 'size-7' : 'size-4')} />
        <span className="flex flex-1 flex-col gap-2">
          <span className={classNames('skeleton h-2.5 rounded-sm', widths[row % widths.length])} />
          {tall && <span className="skeleton h-2 w-1/4 rounded-sm" />}
        </span>
      </div>
    ))}
  </div>
)
