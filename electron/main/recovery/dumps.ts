import { readdir, rm, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { app, crashReporter, shell } from 'electron'
import { Failure } from '../../../src/domain/failure.ts'
import { type Dump, dumpsToRemove } from '../../../src/recovery/crash.ts'
import { log } from '../../log/log.ts'

/** Before the application is ready. What a process leaves behind when it crashes stays on this computer. */
export const startCrashReporter = (): void =>
  crashReporter.start({ uploadToServer: false, compress: false })

/** Chromium's crash handler keeps them in folders of its own making, which differ from system to system. */
export const crashDumps = async (): Promise<Dump[]> => {
  const folder = app.getPath('crashDumps')
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const found = names
    .filter((name) => name.endsWith('.dmp'))
    .map(async (name): Promise<Dump[]> => {
      const path = join(folder, name)
      const entry = await stat(path).catch(() => null)
      return entry ? [{ path: relative(folder, path), bytes: entry.size, time: entry.mtimeMs }] : []
    })
  return (await Promise.all(found)).flat().toSorted((a, b) => a.time - b.time)
}

/** With what lies beside each, which is named alike. */
const remove = async (dumps: readonly Dump[]): Promise<void> => {
  const folder = app.getPath('crashDumps')
  for (const { path } of dumps)
    for (const name of [path, path.replace(/dmp$/, 'meta'), path.replace(/dmp$/, 'lock')])
      await rm(join(folder, name), { force: true })
}

export const removeOldDumps = async (): Promise<void> =>
  remove(dumpsToRemove(await crashDumps())).catch((error: unknown) =>
    log('recovery').warn('Old crash dumps could not be removed', error),
  )

export const dumpRequests = {
  'diagnostics.openDumps': async (): Promise<void> => {
    // A folder of our own; what lies in it is shown, not run.
    const refusal = await shell.openPath(app.getPath('crashDumps'))
    if (refusal) throw new Failure('folder.missing', refusal)
  },
  'diagnostics.removeDumps': async (): Promise<void> => {
    await remove(await crashDumps()).catch((error: unknown) => {
      throw new Failure('disk.denied', 'A crash dump could not be removed.', { cause: error })
    })
  },
}
