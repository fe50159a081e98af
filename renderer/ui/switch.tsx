import { Switch as Radix } from 'radix-ui'
import { useDescription } from './description.ts'

export const Switch = ({
  label,
  checked,
  onChange,
  disabled = false,
}: {
  label: string
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
}) => (
  <Radix.Root
    aria-label={label}
    aria-describedby={useDescription()}
    checked={checked}
    disabled={disabled}
    onCheckedChange={onChange}
    className="relative h-5 w-8.5 shrink-0 rounded-full border border-line-strong bg-pressed transition-colors disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent"
  >
    <Radix.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-line-strong transition-transform data-[state=checked]:translate-x-4 data-[state=checked]:bg-on-accent" />
  </Radix.Root>
)
