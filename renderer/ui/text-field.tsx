import { CircleAlert } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'
import { FailureCodeText } from './failure-code.tsx'

export type TextFieldProps = Omit<ComponentProps<'input'>, 'size'> & {
  label: string
  hint?: ReactNode
  error?: string | null | undefined
  /** What the log calls it. */
  errorCode?: string | null | undefined
  hideLabel?: boolean
  /** Fixed-width face: keys, addresses, codes. */
  mono?: boolean
}

export const TextField = ({
  label,
  hint,
  error,
  errorCode,
  hideLabel = false,
  mono = false,
  className,
  id,
  ...rest
}: TextFieldProps) => {
  const made = useId()
  const field = id ?? made
  const notes = [hint ? `${field}-hint` : '', error ? `${field}-error` : ''].filter(Boolean)
  return (
    <div className={classNames('flex flex-col gap-1.5', className)}>
      <label
        htmlFor={field}
        className={hideLabel ? 'sr-only' : 'font-medium text-soft text-xs leading-4'}
      >
        {label}
      </label>
      <input
        {...rest}
        id={field}
        aria-invalid={error ? true : undefined}
        aria-describedby={notes.length > 0 ? notes.join(' ') : undefined}
        className={classNames(
          'h-9 w-full rounded-md border bg-field px-2.5 text-sm text-ink transition-colors focus-visible:outline-offset-0 disabled:opacity-60',
          error ? 'border-danger' : 'border-line-strong/70 hover:border-line-strong',
          mono && 'font-mono text-xs',
        )}
      />
      {hint && (
        <p id={`${field}-hint`} className="text-faint text-xs">
          {hint}
        </p>
      )}
      {error && (
        <p
          id={`${field}-error`}
          role="alert"
          className="flex items-start gap-1.5 text-danger text-xs"
        >
          <CircleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
          {errorCode ? (
            <span>
              {error} <FailureCodeText code={errorCode} />
            </span>
          ) : (
            error
          )}
        </p>
      )}
    </div>
  )
}
