import { type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'

export type RadioChoice<Value extends string> = {
  value: Value
  icon?: ReactNode
  title: string
  /** What it means; of one that is off, why it is. */
  text: string
  isOff?: boolean
}

/** One of a few ways, each with a sentence. `plain`: part of a panel that has an edge of its own. */
export const RadioGroup = <Value extends string>({
  legend,
  choices,
  value,
  onChange,
  plain = false,
}: {
  legend: string
  choices: readonly RadioChoice<Value>[]
  value: Value
  onChange: (value: Value) => void
  plain?: boolean
}) => {
  const id = useId()
  return (
    <fieldset className={classNames('divide-y', !plain && 'overflow-hidden rounded-lg border')}>
      <legend className="sr-only">{legend}</legend>
      {choices.map((choice) => (
        <label
          key={choice.value}
          htmlFor={`${id}-${choice.value}`}
          className={classNames(
            'flex items-start gap-3 [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-faint',
            plain ? 'px-4 py-2.5' : 'px-3 py-2',
            choice.isOff ? 'opacity-70' : 'hover:bg-hover',
          )}
        >
          <input
            id={`${id}-${choice.value}`}
            type="radio"
            name={id}
            value={choice.value}
            checked={value === choice.value}
            disabled={choice.isOff}
            onChange={() => onChange(choice.value)}
            className="mt-1 accent-accent"
          />
          {choice.icon}
          <span className="min-w-0 text-sm">
            <span className="font-medium">{choice.title}</span>
            <span className={classNames('block text-soft', !plain && 'text-xs')}>
              {choice.text}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
