import { useQuery } from '@tanstack/react-query'
import { desktop } from '../../data/desktop.ts'
import { useSync } from '../../data/stores.ts'
import { Banner } from '../../ui/banner.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { LimitField, type LimitUnit } from './limit-field.tsx'
import { useTransfers } from './use-transfers.ts'

const gigabyte: LimitUnit = { bytes: 1_000_000_000, least: 0.01, most: 1_000_000 }

/** What the copies on this computer take, and how much they may. */
export const KeptCopies = () => {
  const { settings, error, change } = useTransfers()
  const { phase } = useSync()
  const usage = useQuery({
    queryKey: ['kept copies', settings?.keepLimit, phase],
    queryFn: () => desktop.sync.usage(),
    staleTime: 0,
    placeholderData: (before) => before,
  })
  if (error || usage.error)
    return <Banner tone="danger">These settings could not be kept. Open this page again.</Banner>
  if (!settings || !usage.data) return <Skeleton rows={2} label="Loading what is kept" />
  const { kept, bound } = usage.data
  const { keepLimit } = settings
  return (
    <div className="grid gap-4 px-4 py-3 sm:grid-cols-2">
      <LimitField
        key={`keep ${keepLimit}`}
        label="Keep at most, GB"
        unit={gigabyte}
        value={keepLimit}
        onChange={(next) => change({ keepLimit: next })}
      />
      <div className="flex flex-col justify-center gap-1 text-sm">
        <p>{formatBytes(kept)} of copies are kept.</p>
        <p className="text-soft text-xs">
          {keepLimit !== null && bound > keepLimit
            ? `${formatBytes(bound)} of them stay all the same: they belong to projects kept below, or were not sent yet.`
            : 'Beyond the limit, what was not opened for longest goes first. Projects kept below and files not sent yet always stay.'}
        </p>
      </div>
    </div>
  )
}
