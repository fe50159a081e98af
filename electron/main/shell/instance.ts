import { existsSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { t } from '@lingui/core/macro'
import { app, dialog } from 'electron'
import { type LockState, lockStateOf, startBy } from '../../../src/links/instance-lock.ts'
import { failToStart, speakBeforehand } from './application.ts'

// One Atelier over one folder of data: a second one hands over what it was started with, and goes.

const targetOf = (name: string): string | null => {
  try {
    return readlinkSync(join(app.getPath('userData'), name))
  } catch {
    return null
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process is one, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Why nothing like a lock can be laid into the folder; null where it can. */
const whyNoLock = (): string | null => {
  const probe = join(app.getPath('userData'), `lock-${process.pid}`)
  try {
    if (process.platform === 'win32') writeFileSync(probe, '', { flag: 'wx' })
    else symlinkSync('nobody', probe)
    rmSync(probe)
    return null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? ''
  }
}

/**
 * There the lock is a file that its holder keeps open, and that goes with it; who takes our arguments is a window,
 * which cannot be seen from here. So somebody is believed to be there unless both are plain: no file, and none possible.
 */
const lookOnWindows = (): LockState =>
  existsSync(join(app.getPath('userData'), 'lockfile')) || whyNoLock() === null
    ? { kind: 'here' }
    : { kind: 'free' }

const look = (): LockState => {
  if (process.platform === 'win32') return lookOnWindows()
  const socket = targetOf('SingletonSocket')
  return lockStateOf(targetOf('SingletonLock'), {
    host: hostname(),
    isAlive,
    isSocketHere: socket !== null && existsSync(socket),
  })
}

/** What stands in the way of a lock, in words: the very thing that Chromium does is tried. */
const refusal = (): string => {
  const code = whyNoLock()
  const folder = app.getPath('userData')
  switch (code) {
    case null:
      return t`Another start of Atelier is under way, or does not answer. Try again in a moment.`
    case 'ENOSPC':
      return t`Atelier keeps its data in ${folder}, and its disk is full. Free some space, then start Atelier again.`
    case 'EDQUOT':
      return t`Atelier keeps its data in ${folder}, and what you may use of its disk is used up. Free some space, then start Atelier again.`
    case 'EROFS':
      return t`Atelier keeps its data in ${folder}, and its disk is read-only. Make it writable, then start Atelier again.`
    case 'ENOENT':
    case 'ENOTDIR':
      return t`Atelier keeps its data in ${folder}, and it cannot be reached. Connect its disk or network, then start Atelier again.`
    default:
      return t`Atelier keeps its data in ${folder}, and you may not write there. Correct its rights, then start Atelier again.`
  }
}

/** The person alone can know whether two computers would write to the same files. */
const mayOpenBeside = async (host: string): Promise<boolean> => {
  speakBeforehand()
  const folder = app.getPath('userData')
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message: t`Atelier is open on ${host}`,
    detail: t`Both use ${folder}, and two at once would damage what is in it. Quit Atelier on ${host} first. If it is not open there any more, or ${host} is an earlier name of this computer, open it here.`,
    buttons: [t`Quit`, t`Open it here`],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  })
  return response === 1
}

/** Runs once the lock is ours; whoever cannot have it quits, and says why unless another one goes on in its place. */
export const runAsOnly = (options: {
  run: () => Promise<void>
  onSecond: (argv: string[]) => void
}): void => {
  const take = (): boolean => app.requestSingleInstanceLock()
  const begin = (): void => {
    app.on('second-instance', (_event, argv) => options.onSecond(argv))
    // Not awaited: Electron is ready only once its entry has been evaluated.
    void options.run().catch(failToStart)
  }
  const refuse = (): void => {
    speakBeforehand()
    void failToStart(new Error(refusal()))
  }
  const start = startBy({ look, take })
  if (start.kind === 'first') begin()
  else if (start.kind === 'handedOver') app.quit()
  // Before that there is no dialog on Linux.
  else if (start.kind === 'refused') void app.whenReady().then(refuse)
  else
    void app
      .whenReady()
      .then(() => mayOpenBeside(start.host))
      .then((isMeant) => {
        if (!isMeant) app.quit()
        else if (take()) begin()
        else if (look().kind === 'here') app.quit()
        else refuse()
      })
      .catch(failToStart)
}
