import { t } from '@lingui/core/macro'
import { useState } from 'react'
import { formatCount } from '../../ui/format.ts'
import { TextField } from '../../ui/text-field.tsx'

export type LimitUnit = { bytes: number; least: number; most: number }

/** Bytes of what was typed, null for no limit, undefined for what is no limit at all. */
const limitOf = (text: string, { bytes, least, most }: LimitUnit): number | null | undefined => {
  if (text.trim() === '') return null
  const value = Number(text.trim().replace(',', '.'))
  return value >= least && value <= most ? Math.round(value * bytes) : undefined
}

/** Kept when the field is left, or Enter is pressed. Give it a key of its value: one that changes elsewhere shows. */
export const LimitField = ({
  label,
  unit,
  value,
  onChange,
}: {
  label: string
  unit: LimitUnit
  value: number | null
  onChange: (value: number | null) => void
}) => {
  const [text, setText] = useState(value === null ? '' : String(value / unit.bytes))
  const [isWrong, setIsWrong] = useState(false)
  const keep = (): void => {
    const next = limitOf(text, unit)
    setIsWrong(next === undefined)
    if (next !== undefined && next !== value) onChange(next)
  }
  return (
    <TextField
      label={label}
      hint={t`Empty is no limit.`}
      inputMode="decimal"
      value={text}
      error={
        isWrong
          ? t`A number from ${formatCount(unit.least)} to ${formatCount(unit.most)}, or nothing.`
          : null
      }
      onChange={(event) => setText(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep()
      }}
    />
  )
}
