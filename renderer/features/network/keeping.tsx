import { Switch } from '../../ui/switch.tsx'

/** Whether an answer is to hold from now on. */
export const Keeping = ({
  label,
  text,
  checked,
  onChange,
}: {
  label: string
  text: string
  checked: boolean
  onChange: (checked: boolean) => void
}) => (
  <div className="flex items-center gap-4 rounded-md border px-3 py-2.5">
    <div className="flex-1">
      <p className="font-medium text-sm">{label}</p>
      <p className="text-soft text-xs">{text}</p>
    </div>
    <Switch label={label} checked={checked} onChange={onChange} />
  </div>
)
