import type { folderRequests } from '../../../../src/contract/folders.ts'
import type { leftOutRequests } from '../../../../src/contract/left-out.ts'
import type { HandlersFor } from '../../../../src/contract/table.ts'
import { leavingOut, sending } from '../../../../src/sync/folder/ignore/person.ts'
import type { openFolderService } from './index.ts'

export type FolderHandlerOptions = {
  folders: Awaited<ReturnType<typeof openFolderService>>
  /** Asks the person for a folder; null when they thought better of it. */
  chooseFolder: () => Promise<string | null>
  /** Shows a folder in the system's file manager. */
  revealFolder: (path: string) => Promise<void>
  /** A person waits for the server. */
  resetBreaker: () => void
  /** Other projects than before may be followed. */
  mayDiffer: () => void
}

/** What a person says of folders that are linked, and of what these leave out. */
export const folderHandlers = (
  options: FolderHandlerOptions,
): HandlersFor<typeof folderRequests & typeof leftOutRequests> => {
  const { folders, chooseFolder, revealFolder, resetBreaker, mayDiffer } = options
  return {
    'folders.list': async () => folders.list(),
    'folders.projects': () => folders.projects(),
    'folders.unlinkProject': ({ projectId }) => folders.unlinkProject(projectId).finally(mayDiffer),
    'folders.turn': ({ linkId, direction }) => folders.turn(linkId, direction),
    'folders.unlink': ({ linkId }) => folders.unlink(linkId).finally(mayDiffer),
    'folders.setPaused': ({ linkId, paused }) => folders.setPaused(linkId, paused),
    'folders.decideDeletions': ({ linkId, decision }) => folders.decideDeletions(linkId, decision),
    'folders.revert': ({ linkId, path }) => folders.revert(linkId, path),
    'folders.retry': ({ linkId }) => {
      resetBreaker()
      return folders.retry(linkId)
    },
    'folders.relocate': ({ linkId }) => folders.relocate(linkId, chooseFolder),
    'folders.reveal': async ({ linkId }) => revealFolder(await folders.rootOf(linkId)),
    'folders.trash': ({ linkId }) => folders.trash(linkId),
    'folders.restore': ({ linkId, entryId }) => folders.restore(linkId, entryId),
    'folders.leftOut': ({ linkId }) => folders.leftOut(linkId),
    'folders.leaveOut': ({ linkId, path }) =>
      folders.changeRules(linkId, (rules) => leavingOut(rules, path)),
    'folders.sendAnyway': ({ linkId, path }) =>
      folders.changeRules(linkId, (rules) => sending(rules, path)),
    'folders.decideLeftOut': ({ linkId, path, decision }) =>
      folders.decideLeftOut(linkId, path, decision),
    'folders.rules': ({ linkId }) => folders.rules(linkId),
    'folders.setRules': ({ linkId, rules }) => folders.changeRules(linkId, () => rules),
  }
}
