import { plural, t } from '@lingui/core/macro'
import { useQueries } from '@tanstack/react-query'
import { CircleAlert, Clock, RefreshCw, TriangleAlert } from 'lucide-react'
import type { MutationCall } from '../../../src/domain/mutation-table.ts'
import { useAccountId } from '../../data/account.ts'
import { artifactQueries } from '../../data/artifact-queries.ts'
import { type Owed, useOwedChanges } from '../../data/mutations.ts'
import { ChangeActions, ChangeText } from './change-state.tsx'
import { whatChanged } from './change-words.ts'

const maxShown = 100

const icons = {
  refused: <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />,
  unanswered: <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />,
  sending: <RefreshCw aria-hidden className="mt-0.5 size-4 shrink-0 text-info" />,
  waiting: <Clock aria-hidden className="mt-0.5 size-4 shrink-0 text-faint" />,
}
type Shown = Owed & { state: { kind: keyof typeof icons } }
const isShown = (owed: Owed): owed is Shown => owed.state.kind !== 'applied'
/** What needs its person comes first. */
const rank = ({ state }: Shown): number =>
  ['refused', 'unanswered'].indexOf(state.kind) < 0 ? 1 : 0

/** Everything that the server is owed besides files, in the order in which it is looked at. */
export const useShownChanges = (): readonly Shown[] =>
  useOwedChanges()
    .filter(isShown)
    .toSorted((one, other) => rank(one) - rank(other))

const projectOf = (call: MutationCall | null): string | null =>
  call && 'projectId' in call.input ? call.input.projectId : null
const artifactOf = (call: MutationCall | null): string | null =>
  call && 'artifactId' in call.input ? call.input.artifactId : null

/** What artifacts are called, as far as this computer still has them. */
const useTitles = (changes: readonly Shown[]): ReadonlyMap<string, string> => {
  const account = useAccountId()
  const projects = [...new Set(changes.flatMap(({ call }) => projectOf(call) ?? []))]
  const lists = useQueries({ queries: projects.map((id) => artifactQueries.list(account, id)) })
  return new Map(
    lists.flatMap(({ data }) => data?.map(({ id, title }) => [id, title] as const) ?? []),
  )
}

/** Changes wherever they were made, with their ways out: where they belong may not be there any more. */
export const ChangeList = ({ changes }: { changes: readonly Shown[] }) => {
  const shown = changes.slice(0, maxShown)
  const titles = useTitles(shown)
  const more = changes.length - shown.length
  return (
    <ul aria-label={t`Changes`} className="divide-y">
      {shown.map(({ id, call, state }) => {
        const title = titles.get(artifactOf(call) ?? '')
        return (
          <li key={id} className="flex flex-wrap items-start gap-x-3 gap-y-2 px-4 py-2.5 text-sm">
            {icons[state.kind]}
            <div className="min-w-48 flex-1">
              <p className="wrap-anywhere">
                <ChangeText what={whatChanged(call)} state={state} />
              </p>
              {title && <p className="truncate text-faint text-xs">{title}</p>}
            </div>
            <ChangeActions id={id} state={state} />
          </li>
        )
      })}
      {more > 0 && (
        <li className="px-4 py-2.5 text-sm text-soft">
          {plural(more, { one: 'and one more', other: 'and # more' })}
        </li>
      )}
    </ul>
  )
}
