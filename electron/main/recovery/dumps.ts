import { readdir, rm, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { app, crashReporter } from 'electron'
import { type Dump, dumpsToRemove } from '../../../src/recovery/crash.ts'

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
export const removeOldDumps = async (): Promise<void> => {
  const folder = app.getPath('crashDumps')
  for (const { path } of dumpsToRemove(await crashDumps()))
    for (const name of [path, path.replace(/dmp$/, 'meta'), path.replace(/dmp$/, 'lock')])
      await rm(join(folder, name), { force: true }).catch(() => {})
}
