import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { maxMeteredFileBytes } from '../../../src/sync/policy.ts'
import { failureOf } from '../../data/desktop.ts'
import { Banner } from '../../ui/banner.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Switch } from '../../ui/switch.tsx'
import { LimitField, type LimitUnit } from './limit-field.tsx'
import { useTransfers } from './use-transfers.ts'

/** Slower than the least, and a large file's parts would run out of time. */
const megabyte: LimitUnit = { bytes: 1_000_000, least: 0.1, most: 10_000 }

/** How much of the line sync may take. */
export const Transfers = () => {
  const { settings, error, change } = useTransfers()
  if (error)
    return (
      <Banner tone="danger">
        <Trans>These settings could not be kept. Open this page again.</Trans>{' '}
        <FailureCodeText code={failureOf(error)} />
      </Banner>
    )
  if (!settings) return <Skeleton rows={2} label={t`Loading transfers`} />
  const { upLimit, downLimit, metered } = settings
  return (
    <div className="divide-y">
      <div className="flex items-center gap-4 px-4 py-3">
        <div className="min-w-0 flex-1">
          <p className="font-medium text-sm">
            <Trans>This network is metered</Trans>
          </p>
          <p className="text-soft text-xs">
            <Trans>
              While it is, files over {formatBytes(maxMeteredFileBytes)} wait. Smaller ones go on.
            </Trans>
          </p>
        </div>
        <Switch
          label={t`This network is metered`}
          checked={metered}
          onChange={(next) => change({ metered: next })}
        />
      </div>
      <div className="grid gap-4 px-4 py-3 sm:grid-cols-2">
        <LimitField
          key={`up ${upLimit}`}
          label={t`Send at most, MB per second`}
          unit={megabyte}
          value={upLimit}
          onChange={(next) => change({ upLimit: next })}
        />
        <LimitField
          key={`down ${downLimit}`}
          label={t`Fetch at most, MB per second`}
          unit={megabyte}
          value={downLimit}
          onChange={(next) => change({ downLimit: next })}
        />
      </div>
    </div>
  )
}
