import { Banner } from '../../ui/banner.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { LimitField, type LimitUnit } from './limit-field.tsx'
import { useTransfers } from './use-transfers.ts'

/** Slower than the least, and a large file's parts would run out of time. */
const megabyte: LimitUnit = { bytes: 1_000_000, least: 0.1, most: 10_000 }

/** How much of the line sync may take. */
export const Transfers = () => {
  const { settings, error, change } = useTransfers()
  if (error)
    return <Banner tone="danger">These settings could not be kept. Open this page again.</Banner>
  if (!settings) return <Skeleton rows={2} label="Loading transfers" />
  const { upLimit, downLimit } = settings
  return (
    <div className="grid gap-4 px-4 py-3 sm:grid-cols-2">
      <LimitField
        key={`up ${upLimit}`}
        label="Send at most, MB per second"
        unit={megabyte}
        value={upLimit}
        onChange={(next) => change({ upLimit: next })}
      />
      <LimitField
        key={`down ${downLimit}`}
        label="Fetch at most, MB per second"
        unit={megabyte}
        value={downLimit}
        onChange={(next) => change({ downLimit: next })}
      />
    </div>
  )
}
