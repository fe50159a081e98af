import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { TransferSettings } from '../../../src/contract/sync.ts'
import { desktop } from '../../data/desktop.ts'
import { queryClient } from '../../data/remembered.ts'
import { Banner } from '../../ui/banner.tsx'
import { announce } from '../../ui/live-region.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { TextField } from '../../ui/text-field.tsx'

const key = ['transfers']
const megabyte = 1_000_000
/** MB per second: slower, and a large file's parts would run out of time. */
const slowest = 0.1
const fastest = 10_000

/** Bytes per second of what was typed, null for no limit, undefined for what is no limit at all. */
const limitOf = (text: string): number | null | undefined => {
  if (text.trim() === '') return null
  const value = Number(text.trim().replace(',', '.'))
  return value >= slowest && value <= fastest ? Math.round(value * megabyte) : undefined
}

/** How much of the line sync may take. */
export const Transfers = () => {
  const settings = useQuery({
    queryKey: key,
    queryFn: () => desktop.transfers.settings(),
    staleTime: 0,
  })
  const change = useMutation({
    mutationFn: (next: Partial<TransferSettings>) => desktop.transfers.change(next),
    onSuccess: (kept) => {
      queryClient.setQueryData(key, kept)
      announce('Kept')
    },
  })
  if (settings.isPending) return <Skeleton rows={2} label="Loading transfers" />
  if (settings.error || change.error)
    return <Banner tone="danger">These settings could not be kept. Open this page again.</Banner>
  const { upLimit, downLimit } = settings.data
  return (
    <div className="grid gap-4 px-4 py-3 sm:grid-cols-2">
      <Limit
        key={`up ${upLimit}`}
        label="Send at most, MB per second"
        value={upLimit}
        onChange={(next) => change.mutate({ upLimit: next })}
      />
      <Limit
        key={`down ${downLimit}`}
        label="Fetch at most, MB per second"
        value={downLimit}
        onChange={(next) => change.mutate({ downLimit: next })}
      />
    </div>
  )
}

/** Kept when the field is left, or Enter is pressed. */
const Limit = ({
  label,
  value,
  onChange,
}: {
  label: string
  value: number | null
  onChange: (value: number | null) => void
}) => {
  const [text, setText] = useState(value === null ? '' : String(value / megabyte))
  const [isWrong, setIsWrong] = useState(false)
  const keep = (): void => {
    const next = limitOf(text)
    setIsWrong(next === undefined)
    if (next !== undefined && next !== value) onChange(next)
  }
  return (
    <TextField
      label={label}
      hint="Empty is no limit."
      inputMode="decimal"
      value={text}
      error={isWrong ? `A number from ${slowest} to ${fastest}, or nothing.` : null}
      onChange={(event) => setText(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep()
      }}
    />
  )
}
