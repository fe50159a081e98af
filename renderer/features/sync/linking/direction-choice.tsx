import { ArrowDownToLine, ArrowUpDown } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import type { LinkDirection } from '../../../../src/contract/folders.ts'
import { classNames } from '../../../ui/class-names.ts'

const choices: { value: LinkDirection; icon: ReactNode; title: string; text: string }[] = [
  {
    value: 'both',
    icon: <ArrowUpDown aria-hidden />,
    title: 'Both ways',
    text: 'What you change here goes to the server, and what others change comes here.',
  },
  {
    value: 'down',
    icon: <ArrowDownToLine aria-hidden />,
    title: 'Only from the server',
    text: 'What others change comes here. Nothing you do in this folder leaves this computer.',
  },
]

/** Which way a folder follows. `whyOnlyDown`: why it cannot send, where it cannot. */
export const DirectionChoice = ({
  value,
  onChange,
  whyOnlyDown,
}: {
  value: LinkDirection
  onChange: (direction: LinkDirection) => void
  whyOnlyDown: string | null
}) => {
  const id = useId()
  return (
    <fieldset className="divide-y">
      <legend className="sr-only">Which way</legend>
      {choices.map((choice) => {
        const isOff = choice.value === 'both' && whyOnlyDown !== null
        return (
          <label
            key={choice.value}
            htmlFor={`${id}-${choice.value}`}
            className={classNames(
              'flex items-start gap-3 px-4 py-2.5 [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-faint',
              isOff ? 'opacity-70' : 'hover:bg-hover',
            )}
          >
            <input
              id={`${id}-${choice.value}`}
              type="radio"
              name={id}
              value={choice.value}
              checked={value === choice.value}
              disabled={isOff}
              onChange={() => onChange(choice.value)}
              className="mt-1 accent-accent"
            />
            {choice.icon}
            <span className="min-w-0 text-sm">
              <span className="font-medium">{choice.title}</span>
              <span className="block text-soft">{isOff ? whyOnlyDown : choice.text}</span>
            </span>
          </label>
        )
      })}
    </fieldset>
  )
}
