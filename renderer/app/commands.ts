import type { Command } from '../../src/contract/desktop.ts'
import { desktop } from '../data/desktop.ts'
import { openDeviceSettings } from '../data/device-settings.ts'
import { openReport } from '../data/report.ts'
import { accountOf, useSession } from '../data/stores.ts'
import { isInstalling } from '../data/updates.ts'
import { setNewProject } from '../features/projects/index.ts'
import { isRefused } from './outside.ts'
import { router } from './router.tsx'
import { setPalette, setShortcuts } from './ui-store.ts'

const go = (path: string): void => void router.navigate(path)

/** What a menu, the tray or a notification asks for. Of a workspace there is nothing where nobody is signed in. */
const carryOut = (command: Command): void => {
  if (isInstalling()) return
  // What comes of it is told where it always is.
  if (command.kind === 'checkForUpdates') void desktop.updates.check().catch(() => {})
  if (command.kind === 'shortcuts') setShortcuts(true)
  // Whoever cannot get in has most to report.
  else if (command.kind === 'reportProblem') openReport()
  else if (hasWorkspace()) carryOutInWorkspace(command)
  else if (command.kind === 'settings' || command.kind === 'checkForUpdates') openDeviceSettings()
}

/** One that is on its way counts: what is asked of it is there when it comes. */
const hasWorkspace = (): boolean => {
  const session = useSession.getState()
  return session.status !== 'locked' && accountOf(session) !== null && !isRefused()
}

const carryOutInWorkspace = (
  command: Exclude<Command, { kind: 'shortcuts' | 'reportProblem' }>,
): void => {
  switch (command.kind) {
    case 'sync':
      go('/sync')
      break
    case 'search':
      setPalette(true)
      break
    case 'newProject':
      setNewProject({ workspaceId: null })
      break
    case 'conflict':
      go(`/sync/conflicts/${command.artifactId}/${command.copyId}`)
      break
    // Where versions are.
    case 'settings':
    case 'checkForUpdates':
      go('/settings')
  }
}

/** Those that came before the page could listen, too: a click on a notification may have opened the window. */
export const connectCommands = (): void => {
  const take = (): void =>
    void desktop.desktop.takeCommands().then(
      (commands) => commands.forEach(carryOut),
      () => {},
    )
  desktop.on('desktop.commanded', take)
  // Until it is known who is here, nobody can say what there is to be opened.
  const isKnown = (): boolean => useSession.getState().status !== 'starting'
  if (isKnown()) {
    take()
    return
  }
  const stop = useSession.subscribe(() => {
    if (!isKnown()) return
    stop()
    take()
  })
}
