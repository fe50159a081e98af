import { Progress as Radix } from 'radix-ui'

/** Determinate progress. `detail` is the figure people read, e.g. "12 of 40 files · 3.1 MB". */
export const Progress = ({
  label,
  value,
  total,
  detail,
  hideLabel = false,
}: {
  label: string
  value: number
  total: number
  detail?: string
  hideLabel?: boolean
}) => {
  const share = total > 0 ? Math.min(1, value / total) : 0
  return (
    <div className="flex flex-col gap-1.5">
      {!hideLabel && (
        <div className="flex justify-between gap-3 text-xs">
          <span className="truncate text-soft">{label}</span>
          {detail && <span className="shrink-0 text-faint tabular-nums">{detail}</span>}
        </div>
      )}
      <Radix.Root
        aria-label={label}
        value={Math.round(share * 100)}
        getValueLabel={() => detail ?? `${Math.round(share * 100)} %`}
        className="h-1 overflow-hidden rounded-full bg-pressed"
      >
        <Radix.Indicator
          className="h-full origin-left bg-accent transition-transform"
          style={{ transform: `scaleX(${share})` }}
        />
      </Radix.Root>
    </div>
  )
}
