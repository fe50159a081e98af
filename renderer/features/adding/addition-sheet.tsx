import { type FormEvent, type ReactNode, useState } from 'react'
import type { Addition, AdditionOrder } from '../../../src/contract/adding.ts'
import { failureText } from '../../text/failure-text.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { formatCount, formatFiles } from '../../ui/format.ts'
import { RadioGroup } from '../../ui/radio-group.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { RefusedList } from './refused-list.tsx'
import { filesWord, namesOf, sizeOf } from './words.ts'

const clashChoices = [
  {
    value: 'both',
    title: 'Keep both',
    text: 'The new ones get a number in their name.',
  },
  {
    value: 'replace',
    title: 'Replace',
    text: 'What is there now stays in the history.',
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
      title={isNew ? 'Make an artifact of these files' : 'Bring in files'}
      description={
        phase === 'failed'
          ? undefined
          : `${sizeOf(addition)}. Yours stay as they are: these are copies.`
      }
    >
      <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
        {failure && (
          <Banner tone="danger" className="rounded-md">
            {failureText[failure].title}. {failureText[failure].sentence}{' '}
            {failureText[failure].remedy}
          </Banner>
        )}
        {isNew && phase === 'ready' && (
          <TextField
            label="Name"
            autoFocus
            autoComplete="off"
            value={title}
            onChange={(event) => setTitle(event.target.value)}
            error={isNamed ? null : 'Enter a name.'}
            maxLength={300}
          />
        )}
        {clashes.count > 0 && (
          <Part
            title={`${filesWord(clashes.count)} of that name ${clashes.count === 1 ? 'is' : 'are'} there already`}
            names={namesOf(clashes)}
          >
            <RadioGroup
              legend="Names that are taken"
              choices={clashChoices}
              value={order}
              onChange={setOrder}
            />
          </Part>
        )}
        {asked.count > 0 && (
          <Part
            title={`${filesWord(asked.count)} may hold secrets`}
            names={namesOf(asked)}
            text="Everybody in the project could read them."
          >
            <label htmlFor="with-asked" className="flex items-center gap-2.5 text-sm">
              <input
                id="with-asked"
                type="checkbox"
                checked={withAsked}
                onChange={(event) => setWithAsked(event.target.checked)}
                className="accent-accent"
              />
              Bring {asked.count === 1 ? 'it' : 'them'} in all the same
            </label>
          </Part>
        )}
        {leftOut.count > 0 && (
          <Part
            title={
              leftOut.count === 1 ? 'One is left out' : `${formatCount(leftOut.count)} are left out`
            }
            names={namesOf(leftOut)}
            text="Version control, what tools make again, and what .gitignore names."
          />
        )}
        {refused.count > 0 && (
          <Part title={`${filesWord(refused.count)} cannot come in`}>
            <RefusedList refused={refused} />
          </Part>
        )}
        {phase === 'ready' && count === 0 && (
          <p className="text-sm text-soft">There is nothing here that can come in.</p>
        )}
        <DialogActions>
          <Button onClick={onClose}>{phase === 'failed' ? 'Close' : 'Cancel'}</Button>
          {phase === 'ready' && (
            <Button type="submit" variant="primary" disabled={count === 0 || !isNamed}>
              Bring in {formatFiles(count)}
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
