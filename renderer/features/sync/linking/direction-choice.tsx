import { t } from '@lingui/core/macro'
import { ArrowDownToLine, ArrowUpDown } from 'lucide-react'
import type { LinkDirection } from '../../../../src/contract/folders.ts'
import { type RadioChoice, RadioGroup } from '../../../ui/radio-group.tsx'

const choices = (): readonly RadioChoice<LinkDirection>[] => [
  {
    value: 'both',
    icon: <ArrowUpDown aria-hidden />,
    title: t`Both ways`,
    text: t`What you change here goes to the server, and what others change comes here.`,
  },
  {
    value: 'down',
    icon: <ArrowDownToLine aria-hidden />,
    title: t`Only from the server`,
    text: t`What others change comes here. Nothing you do in this folder leaves this computer.`,
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
}) => (
  <RadioGroup
    legend={t`Which way`}
    plain
    choices={choices().map((choice) =>
      choice.value === 'both' && whyOnlyDown !== null
        ? { ...choice, text: whyOnlyDown, isOff: true }
        : choice,
    )}
    value={value}
    onChange={onChange}
  />
)
