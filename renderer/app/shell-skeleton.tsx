import { t } from '@lingui/core/macro'
import { Skeleton } from '../ui/skeleton.tsx'

/** The shape of the workspace while main says who is here. */
export const ShellSkeleton = () => (
  <div className="flex h-full">
    <div className="w-14 border-r bg-canvas" />
    <div className="w-58 border-r bg-sidebar pt-12">
      <Skeleton rows={5} label={t`Opening Atelier`} />
    </div>
    <div className="flex-1 bg-surface pt-12" aria-hidden>
      <Skeleton rows={8} tall label={t`Opening`} />
    </div>
  </div>
)
