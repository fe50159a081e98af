import { plural, t } from '@lingui/core/macro'
import type { Command, NoticeKind } from '../contract/desktop.ts'
import type { Conflict, FolderLink } from '../contract/folders.ts'
import type { NetworkState } from '../contract/network.ts'
import type { SessionState } from '../contract/session.ts'
import type { SyncState } from '../contract/sync.ts'
import { needsAnswer } from '../sync/attention.ts'

/** What is known of the person's things while no window may be there to show it. */
export type World = {
  session: SessionState
  sync: SyncState
  folders: readonly FolderLink[]
  conflicts: readonly Conflict[]
  network: NetworkState
}

/** Somebody is known whose workspace the window shows, whatever the network does. */
export const hasWorkspace = ({ status }: SessionState): boolean =>
  status === 'active' || status === 'offline' || status === 'reauthenticate'

/** Something that waits for the person. Of one key is one thing, for as long as it waits. */
export type Need = {
  key: string
  kind: Exclude<NoticeKind, 'update'>
  title: string
  body: string
  command: Command
}

const nameOf = (path: string): string => path.split('/').at(-1) ?? path
const sync: Command = { kind: 'sync' }

const ofConflict = ({ artifactId, copyId, path, title }: Conflict): Need => {
  const name = nameOf(path)
  return {
    key: `conflict ${copyId}`,
    kind: 'conflict',
    title: t`Two versions of ${name}`,
    body: t`Both sides changed it in ${title}. Both are kept until you choose.`,
    command: { kind: 'conflict', artifactId, copyId },
  }
}

const ofFolder = ({ id, title, held, blocked, status, failure }: FolderLink): Need[] => [
  ...(held
    ? [
        {
          key: `deletions ${id}`,
          kind: 'attention' as const,
          title: t`Many files were deleted in ${title}`,
          body: t`Nothing is deleted elsewhere until you say so.`,
          command: sync,
        },
      ]
    : []),
  ...blocked.filter(needsAnswer).map((file) => {
    const name = nameOf(file.path)
    return {
      key: `folder file ${id} ${file.failure} ${file.path}`,
      kind: 'attention' as const,
      title: t`${name} cannot go on without you`,
      body: t`It is in the folder of ${title}.`,
      command: sync,
    }
  }),
  ...(status === 'failed'
    ? [
        {
          key: `folder ${id} ${failure}`,
          kind: 'attention' as const,
          title: t`The folder of ${title} is not synced`,
          body: t`Something stands in its way that Atelier cannot remove by itself.`,
          command: sync,
        },
      ]
    : []),
]

const ofSession = (session: SessionState): Need[] =>
  session.status === 'reauthenticate'
    ? [
        {
          key: 'sign in',
          kind: 'attention',
          title: t`Sign in again`,
          body: t`The server signed you out. Nothing on this computer is lost.`,
          command: sync,
        },
      ]
    : []

type Question = NetworkState['questions'][number]
const askingFor: Record<Question['kind'], (from: string) => Pick<Need, 'title' | 'body'>> = {
  proxy: (from) => ({
    title: t`Your network’s proxy wants a sign-in`,
    body: t`${from} lets nothing through before.`,
  }),
  certificate: (from) => ({
    title: t`Your server wants a certificate`,
    body: t`Which one ${from} is shown, if any, is your choice.`,
  }),
  token: (from) => ({
    title: t`A certificate of yours is locked`,
    body: t`${from} may let in whoever has it.`,
  }),
}

/** What is put to them in the window stands before the whole server, and nobody sees it where no window is. */
const ofQuestion = (question: Question): Need => ({
  key: `network ${question.id}`,
  kind: 'attention',
  ...askingFor[question.kind](
    question.kind === 'proxy' ? `${question.host}:${question.port}` : question.host,
  ),
  command: sync,
})

/** Where they were made may not be there any more. */
const ofChanges = ({ mutations: { blocked } }: SyncState): Need[] =>
  blocked === 0
    ? []
    : [
        {
          key: 'changes',
          kind: 'attention',
          title: plural(blocked, {
            one: 'A change was not taken',
            other: '# changes were not taken',
          }),
          body: t`The server refused it, or has no answer. Nothing of it is lost.`,
          command: sync,
        },
      ]

/** Everything that waits for the person, the gravest first. */
export const needsOf = ({ network, session, sync: state, folders, conflicts }: World): Need[] => [
  ...network.questions.map(ofQuestion),
  ...ofSession(session),
  ...folders.flatMap(ofFolder),
  ...ofChanges(state),
  ...state.blocked.filter(needsAnswer).map(({ fileId, path, title, direction, failure }): Need => {
    const name = nameOf(path)
    return {
      key: `file ${fileId} ${failure}`,
      kind: 'attention',
      title: direction === 'up' ? t`${name} could not be sent` : t`${name} could not be fetched`,
      body: title === null ? t`It waits for you.` : t`It is in ${title}, and waits for you.`,
      command: sync,
    }
  }),
  ...conflicts.map(ofConflict),
]
