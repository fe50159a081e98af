import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

export type TabItem<Value extends string> = {
  value: Value
  label: string
  icon?: ReactNode
  content: ReactNode
}

export const Tabs = <Value extends string>({
  label,
  value,
  items,
  onChange,
}: {
  label: string
  value: Value
  items: readonly TabItem<Value>[]
  onChange: (value: Value) => void
}) => (
  <Radix.Root
    value={value}
    onValueChange={(next) => {
      const found = items.find((item) => item.value === next)
      if (found) onChange(found.value)
    }}
    className="flex min-h-0 flex-1 flex-col"
  >
    <Radix.List aria-label={label} className="flex shrink-0 gap-4 border-b">
      {items.map((item) => (
        <Radix.Trigger
          key={item.value}
          value={item.value}
          className="-mb-px inline-flex h-9 items-center gap-1.5 border-transparent border-b-2 text-sm text-soft hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink [&_svg]:size-4"
        >
          {item.icon}
          {item.label}
        </Radix.Trigger>
      ))}
    </Radix.List>
    {items.map((item) => (
      <Radix.Content key={item.value} value={item.value} className="min-h-0 flex-1 pt-4">
        {item.content}
      </Radix.Content>
    ))}
  </Radix.Root>
)
