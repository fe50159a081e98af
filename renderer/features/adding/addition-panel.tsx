import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useEffect, useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { v7 as newId } from 'uuid'
import type { Addition, AdditionOrder } from '../../../src/contract/adding.ts'
import { setAddition, useAddition } from '../../data/additions.ts'
import { desktop } from '../../data/desktop.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes, formatFilesOf } from '../../ui/format.ts'
import { Progress } from '../../ui/progress.tsx'
import { showToast } from '../../ui/toasts.ts'
import { AdditionSheet } from './addition-sheet.tsx'
import { RefusedDialog } from './refused-list.tsx'
import { isPlain } from './words.ts'

const cancel = ({ id }: Addition): void =>
  void desktop.adding.cancel({ additionId: id }).catch(() => {})

/** Files on their way into an artifact: what is asked before, how far they are, and what did not come. */
export const AdditionPanel = () => {
  const { addition, title } = useAddition()
  return addition && <Begun key={addition.id} addition={addition} title={title} />
}

const Begun = ({ addition, title }: { addition: Addition; title: string }) => {
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const [wanted] = useState(() => addition.artifactId ?? newId())
  const { phase } = addition
  const start = (order: Pick<AdditionOrder, 'title' | 'clashes' | 'withAsked'>): void =>
    // Its failure is told with the addition.
    void desktop.adding
      .start({ additionId: addition.id, artifactId: wanted, ...order })
      .catch(() => {})
  const isAuto = phase === 'ready' && isPlain(addition)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when there is nothing to ask.
  useEffect(() => {
    if (isAuto) start({ title: addition.title || '-', clashes: 'both', withAsked: false })
  }, [isAuto])
  // biome-ignore lint/correctness/useExhaustiveDependencies: what became of it is told once.
  useEffect(() => {
    if (phase === 'stopped') {
      if (addition.done.files > 0)
        showToast(
          plural(addition.done.files, {
            one: 'Stopped. One file came in before.',
            other: 'Stopped. # files came in before.',
          }),
        )
      setAddition(null)
    }
    if (phase !== 'done') return
    showToast(plural(addition.done.files, { one: 'One file came in.', other: '# files came in.' }))
    const list = `/projects/${addition.projectId}`
    // Whoever has gone elsewhere meanwhile is left there.
    if (addition.artifactId === null && pathname === list)
      void navigate(`${list}/artifacts/${wanted}`)
    if (addition.refused.count === 0) setAddition(null)
  }, [phase])

  if (phase === 'adding' || phase === 'looking' || isAuto)
    return (
      <section
        aria-label={t`Files coming in`}
        data-layer
        className="appear fixed right-4 bottom-4 z-50 flex w-80 max-w-[calc(100vw-2rem)] flex-col gap-3 rounded-lg bg-raised p-4 shadow-lg"
      >
        {phase === 'adding' ? (
          <Progress
            label={t`Bringing in`}
            value={addition.done.bytes + addition.done.files}
            total={addition.all.bytes + addition.all.files}
            detail={`${formatFilesOf(addition.done.files, addition.all.files)} · ${formatBytes(addition.all.bytes)}`}
          />
        ) : (
          <p role="status" className="flex items-center gap-2.5 text-sm text-soft">
            <span aria-hidden className="skeleton size-2 rounded-full bg-accent!" />
            <Trans>Looking at what is there</Trans>
          </p>
        )}
        <Button size="sm" className="self-end" onClick={() => cancel(addition)}>
          <Trans>Cancel</Trans>
        </Button>
      </section>
    )
  if (phase === 'done')
    return addition.refused.count > 0 ? (
      <RefusedDialog refused={addition.refused} onClose={() => setAddition(null)} />
    ) : null
  if (phase === 'stopped') return null
  return (
    <AdditionSheet
      addition={addition}
      start={start}
      title={title}
      onClose={() => setAddition(null)}
    />
  )
}
