import { t } from '@lingui/core/macro'
import { type ChangeEvent, type FormEvent, useState } from 'react'
import { failureText } from '../text/failure-text.ts'
import { useAttempt } from './use-attempt.ts'

/**
 * What a dialog holds that makes something under a name: the name's field, one try at a time, and why there is
 * nothing yet, said at the field. `make` is given the name without spaces around it.
 */
export const useNaming = (
  make: (name: string) => Promise<void>,
  {
    initial = '',
    isNeeded = true,
    whyNeeded = t`Enter a name.`,
    detail = 'remedy',
  }: {
    /** What is there already. */
    initial?: string
    isNeeded?: boolean
    whyNeeded?: string
    /** What follows a failure's title. */
    detail?: 'remedy' | 'sentence'
  } = {},
) => {
  const { busy, failure, attempt } = useAttempt()
  const [name, setName] = useState(initial)
  const [isMissing, setMissing] = useState(false)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const lacks = isNeeded && !name.trim()
    setMissing(lacks)
    if (!lacks) void attempt(() => make(name.trim()))
  }
  const words = failure && failureText[failure]
  return {
    busy,
    submit,
    field: {
      label: t`Name`,
      autoFocus: true,
      autoComplete: 'off',
      value: name,
      onChange: (event: ChangeEvent<HTMLInputElement>) => setName(event.target.value),
      error: isMissing ? whyNeeded : words && `${words.title}. ${words[detail]}`,
      errorCode: isMissing ? null : failure,
    },
  }
}
