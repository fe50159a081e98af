import { ToggleGroup } from 'radix-ui'
import type { ReactNode } from 'react'
import { Row } from './section.tsx'

/** One of a few, beside what it is for. */
export const OptionRow = <Value extends string>({
  title,
  text,
  value,
  options,
  onChange,
}: {
  title: string
  text: string
  value: Value
  options: readonly { value: Value; label: string; lang?: string; icon?: ReactNode }[]
  onChange: (value: Value) => void
}) => (
  <Row title={title} text={text}>
    <ToggleGroup.Root
      type="single"
      aria-label={title}
      value={value}
      onValueChange={(next) => {
        const chosen = options.find((option) => option.value === next)
        if (chosen) onChange(chosen.value)
      }}
      className="flex rounded-md bg-pressed p-0.5"
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          lang={option.lang}
          className="inline-flex h-7 items-center gap-1.5 rounded-sm px-2.5 text-sm text-soft data-[state=on]:bg-raised data-[state=on]:font-medium data-[state=on]:text-ink data-[state=on]:shadow-sm [&_svg]:size-3.5"
        >
          {option.icon}
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  </Row>
)
