import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { failureOf } from '../../data/desktop.ts'
import { useSync } from '../../data/stores.ts'
import { Banner } from '../../ui/banner.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { LimitField, type LimitUnit } from './limit-field.tsx'
import { settingsQueries } from './queries.ts'
import { useTransfers } from './use-transfers.ts'

const gigabyte: LimitUnit = { bytes: 1_000_000_000, least: 0.01, most: 1_000_000 }

/** What the copies on this computer take, and how much they may. */
export const CacheStorage = () => {
  const { settings, error, change } = useTransfers()
  const { phase } = useSync()
  const usage = useQuery(settingsQueries.usage(settings?.keepLimit, phase))
  if (error || usage.error)
    return (
      <Banner tone="danger">
        <Trans>These settings could not be kept. Open this page again.</Trans>{' '}
        <FailureCodeText code={failureOf(error ?? usage.error)} />
      </Banner>
    )
  if (!settings || !usage.data) return <Skeleton rows={2} label={t`Loading what is kept`} />
  const { kept, bound } = usage.data
  const { keepLimit } = settings
  return (
    <div className="grid gap-4 px-4 py-3 sm:grid-cols-2">
      <LimitField
        key={`keep ${keepLimit}`}
        label={t`Keep at most, GB`}
        unit={gigabyte}
        value={keepLimit}
        onChange={(next) => change({ keepLimit: next })}
      />
      <div className="flex flex-col justify-center gap-1 text-sm">
        <Usage kept={kept} bound={bound} limit={keepLimit} />
        <p className="text-soft text-xs">
          {keepLimit !== null && bound > keepLimit
            ? t`${formatBytes(bound)} of them stay all the same: they belong to projects kept below, or were not sent yet.`
            : t`Beyond the limit, what was not opened for longest goes first. Projects kept below and files not sent yet always stay.`}
        </p>
      </div>
    </div>
  )
}

/** What is kept as a bar: of the limit where there is one, and in it what always stays. */
const Usage = ({ kept, bound, limit }: { kept: number; bound: number; limit: number | null }) => {
  const total = Math.max(limit ?? kept, kept)
  const share = (bytes: number): string => `${total > 0 ? (100 * bytes) / total : 0}%`
  const amount =
    limit === null
      ? t`${formatBytes(kept)} of copies are kept.`
      : t`${formatBytes(kept)} of ${formatBytes(limit)} are kept.`
  const always = bound > 0 ? ` ${t`${formatBytes(bound)} of them always stay.`}` : ''
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: the element has one part, and a look of each system's own. */}
      <div
        role="meter"
        aria-label={t`Space that copies take`}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={kept}
        aria-valuetext={amount + always}
        className="flex h-2 overflow-hidden rounded-full bg-pressed"
      >
        <span className="bg-accent" style={{ width: share(Math.min(bound, kept)) }} />
        <span className="bg-accent/50" style={{ width: share(kept - Math.min(bound, kept)) }} />
      </div>
      <p className="tabular-nums">
        {amount}
        {always}
      </p>
    </>
  )
}
