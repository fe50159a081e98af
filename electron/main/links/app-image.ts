import { execFile } from 'node:child_process'
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { entryToWrite } from '../../../src/links/desktop-entry.ts'

const name = 'atelier.desktop'
/** Milliseconds for a tool of the desktop; nobody waits longer for it. */
const toolTimeoutMs = 5_000

type Environment = Readonly<Record<string, string | undefined>>

/** The base folders of the XDG specification: relative ones count for nothing. */
const dataFolders = (environment: Environment) => {
  const { XDG_DATA_HOME = '', XDG_DATA_DIRS, HOME = homedir() } = environment
  return {
    own: isAbsolute(XDG_DATA_HOME) ? XDG_DATA_HOME : join(HOME, '.local/share'),
    forAll: (XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':').filter(isAbsolute),
  }
}

/** Of the desktop's own environment: the launcher of an AppImage leads programs to the libraries it brings along. */
const desktopEnvironment = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined &&
        /^(PATH|HOME|LANG|DISPLAY|WAYLAND_DISPLAY|DBUS_.*|XDG_.*)$/.test(entry[0]),
    ),
  )

/** Where there is no such tool the file alone has to do, and mostly does. */
const runTool = (tool: string, args: string[], environment: Environment): Promise<void> =>
  new Promise((done) => {
    const env = desktopEnvironment(environment)
    execFile(tool, args, { env, timeout: toolTimeoutMs }, () => done())
  })

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/**
 * In an AppImage: a desktop file of this person's, so that the system knows to whom `atelier://` goes. Nowhere else is
 * anything written: from an archive the person has not said where it shall stay. Answers whether it was.
 */
export const introduceAppImage = async (
  environment: Environment,
  appImage: string | null,
): Promise<boolean> => {
  if (!appImage) return false
  const { own, forAll } = dataFolders(environment)
  const folder = join(own, 'applications')
  const file = join(folder, name)
  const installed = await Promise.all(
    forAll.map((each) => isThere(join(each, 'applications', name))),
  )
  const text = await readFile(file, 'utf8').catch(() => null)
  const wanted = entryToWrite(appImage, { text, isInstalledForAll: installed.includes(true) })
  if (wanted === null) return false
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const draft = join(folder, `.${name}.${process.pid}`)
  try {
    await writeFile(draft, wanted, { mode: 0o644, flag: 'wx' })
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await runTool('update-desktop-database', [folder], environment)
  await runTool('xdg-mime', ['default', name, 'x-scheme-handler/atelier'], environment)
  return true
}
