import { Check, ChevronsUpDown } from 'lucide-react'
import { Select as Radix } from 'radix-ui'

export const Select = <Value extends string>({
  label,
  value,
  options,
  onChange,
  disabled = false,
}: {
  /** Read aloud; put a visible label beside it where there is room. */
  label: string
  value: Value
  options: readonly { value: Value; label: string }[]
  onChange: (value: Value) => void
  disabled?: boolean
}) => (
  <Radix.Root
    value={value}
    disabled={disabled}
    onValueChange={(next) => {
      const found = options.find((option) => option.value === next)
      if (found) onChange(found.value)
    }}
  >
    <Radix.Trigger
      aria-label={label}
      className="inline-flex h-8 items-center justify-between gap-2 rounded-md border border-line-strong/70 bg-field px-2.5 text-sm hover:border-line-strong disabled:opacity-50"
    >
      <Radix.Value />
      <Radix.Icon asChild>
        <ChevronsUpDown aria-hidden className="size-3.5 text-faint" />
      </Radix.Icon>
    </Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        position="popper"
        sideOffset={4}
        className="appear z-50 min-w-(--radix-select-trigger-width) rounded-lg bg-raised p-1 shadow-lg"
      >
        <Radix.Viewport>
          {options.map((option) => (
            <Radix.Item
              key={option.value}
              value={option.value}
              className="flex h-7 items-center justify-between gap-4 rounded-md px-2 text-sm outline-none data-highlighted:bg-hover"
            >
              <Radix.ItemText>{option.label}</Radix.ItemText>
              <Radix.ItemIndicator>
                <Check aria-hidden className="size-4 text-accent-text" />
              </Radix.ItemIndicator>
            </Radix.Item>
          ))}
        </Radix.Viewport>
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
)
