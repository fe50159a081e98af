import { type ReactNode, useId } from 'react'

/** One of a few ways, each with a sentence. */
export const ChoiceList = <Value extends string>({
  legend,
  choices,
  value,
  onChange,
}: {
  legend: string
  choices: readonly { value: Value; icon?: ReactNode; title: string; text: string }[]
  value: Value
  onChange: (value: Value) => void
}) => {
  const id = useId()
  return (
    <fieldset className="divide-y overflow-hidden rounded-lg border">
      <legend className="sr-only">{legend}</legend>
      {choices.map((choice) => (
        <label
          key={choice.value}
          htmlFor={`${id}-${choice.value}`}
          className="flex items-start gap-3 px-3 py-2 hover:bg-hover [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-faint"
        >
          <input
            id={`${id}-${choice.value}`}
            type="radio"
            name={id}
            checked={value === choice.value}
            onChange={() => onChange(choice.value)}
            className="mt-1 accent-accent"
          />
          {choice.icon}
          <span className="min-w-0 text-sm">
            <span className="font-medium">{choice.title}</span>
            <span className="block text-soft text-xs">{choice.text}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
