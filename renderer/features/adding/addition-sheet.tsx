import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { Addition, AdditionOrder } from '../../../src/contract/adding.ts'
import { maxTitleLetters } from '../../../src/domain/limits.ts'
import { failureText } from '../../text/failure-text.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { RadioGroup } from '../../ui/radio-group.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { RefusedList } from './refused-list.tsx'
import { namesOf, sizeOf } from './words.ts'

const clashChoices = () =>
  [
    {
      value: 'both',
      title: t`Keep both`,
      text: t`The new ones get a number in their name.`,
    },
    {
      value: 'replace',
      title: t`Replace`,
      text: t`What is there now stays in the history.`,
    },
  ] as const

/** What is known before the first byte is copied, and what a person decides. */
export const AdditionSheet = ({
  addition,
  title: wished,
  start,
  onClose,
}: {
  addition: Addition
  /** What the person called it before. */
  title: string
  start: (order: Pick<AdditionOrder, 'title' | 'clashes' | 'withAsked'>) => void
  onClose: () => void
}) => {
  const { all, asked, clashes, leftOut, refused, failure, artifactId, phase } = addition
  const [title, setTitle] = useState(wished || addition.title)
  const [order, setOrder] = useState<AdditionOrder['clashes']>('both')
  const [withAsked, setWithAsked] = useState(false)
  const count = all.files + (withAsked ? asked.count : 0)
  const isNew = artifactId === null
  const isNamed = !isNew || title.trim() !== ''
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (phase === 'ready' && count > 0 && isNamed)
      start({ title: title.trim() || addition.title, clashes: order, withAsked })
  }
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={isNew ? t`Make an artifact of these files` : t`Bring in files`}
      description={
        phase === 'failed'
          ? undefined
          : t`${sizeOf(addition)}. Yours stay as they are: these are copies.`
      }
    >
      <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
        {failure && (
          <Banner tone="danger" className="rounded-md">
            {failureText[failure].title}. {failureText[failure].sentence}{' '}
            {failureText[failure].remedy} <FailureCodeText code={failure} />
          </Banner>
        )}
        {isNew && phase === 'ready' && (
          <TextField
            label={t`Name`}
            autoFocus
            autoComplete="off"
            value={title}
            onChange={(event) => setTitle(event.target.value)}
            error={isNamed ? null : t`Enter a name.`}
            maxLength={maxTitleLetters}
          />
        )}
        {clashes.count > 0 && (
          <Part
            title={plural(clashes.count, {
              one: 'One file of that name is there already',
              other: '# files of that name are there already',
            })}
            names={namesOf(clashes)}
          >
            <RadioGroup
              legend={t`Names that are taken`}
              choices={clashChoices()}
              value={order}
              onChange={setOrder}
            />
          </Part>
        )}
        {asked.count > 0 && (
          <Part
            title={plural(asked.count, {
              one: 'One file may hold secrets',
              other: '# files may hold secrets',
            })}
            names={namesOf(asked)}
            text={t`Everybody in the project could read them.`}
          >
            <label htmlFor="with-asked" className="flex items-center gap-2.5 text-sm">
              <input
                id="with-asked"
                type="checkbox"
                checked={withAsked}
                onChange={(event) => setWithAsked(event.target.checked)}
                className="accent-accent"
              />
              {plural(asked.count, {
                one: 'Bring it in all the same',
                other: 'Bring them in all the same',
              })}
            </label>
          </Part>
        )}
        {leftOut.count > 0 && (
          <Part
            title={plural(leftOut.count, { one: 'One is left out', other: '# are left out' })}
            names={namesOf(leftOut)}
            text={t`Version control, what tools make again, and what .gitignore names.`}
          />
        )}
        {refused.count > 0 && (
          <Part
            title={plural(refused.count, {
              one: 'One file cannot come in',
              other: '# files cannot come in',
            })}
          >
            <RefusedList refused={refused} />
          </Part>
        )}
        {phase === 'ready' && count === 0 && (
          <p className="text-sm text-soft">
            <Trans>There is nothing here that can come in.</Trans>
          </p>
        )}
        <DialogActions>
          <Button onClick={onClose}>{phase === 'failed' ? t`Close` : t`Cancel`}</Button>
          {phase === 'ready' && (
            <Button type="submit" variant="primary" disabled={count === 0 || !isNamed}>
              {plural(count, { one: 'Bring in one file', other: 'Bring in # files' })}
            </Button>
          )}
        </DialogActions>
      </form>
    </Dialog>
  )
}

const Part = ({
  title,
  names,
  text,
  children,
}: {
  title: string
  names?: string
  text?: string
  children?: ReactNode
}) => (
  <section className="flex flex-col gap-2">
    <div>
      <h3 className="font-medium text-sm">{title}</h3>
      {names && <p className="wrap-anywhere font-mono text-soft text-xs">{names}</p>}
      {text && <p className="text-soft text-xs">{text}</p>}
    </div>
    {children}
  </section>
)
