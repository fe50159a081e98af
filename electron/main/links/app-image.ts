import { execFile } from 'node:child_process'
import { access, mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { msg } from '@lingui/core/macro'
import { desktopEntryOf, entryToWrite } from '../../../src/links/desktop-entry.ts'
import { logged } from '../../log/log.ts'
import { inEachLanguage } from '../../words/index.ts'

const name = 'atelier.desktop'
/** What the entry names; the AppImage brings it in every size. */
const icon = 'atelier.png'
const theme = 'icons/hicolor'
/** Milliseconds for a tool of the desktop; nobody waits longer for it. */
const toolTimeoutMs = 5_000

const purpose = msg`A workspace for teams that make software artifacts together`
const noIcons = logged('links', 'The icon of the AppImage was not brought')

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

/** Whole, or not at all; `file` is not there, or ours. */
const write = async (file: string, data: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o755 })
  const draft = join(dirname(file), `.${process.pid}.draft`)
  try {
    await writeFile(draft, data, { mode: 0o644, flag: 'wx' })
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** Where none of that name is: one that is there may be the person's own. */
const bringIcons = async (own: string, mounted: string | undefined): Promise<void> => {
  if (!mounted) return
  const from = join(mounted, 'usr/share', theme)
  const to = join(own, theme)
  let isNew = false
  for (const size of await readdir(from).catch(() => [])) {
    if (!/^\d+x\d+$/.test(size)) continue
    const file = join(to, size, 'apps', icon)
    if (await isThere(file)) continue
    const picture = await readFile(join(from, size, 'apps', icon)).catch(() => null)
    if (!picture) continue
    await write(file, picture)
    isNew = true
  }
  const now = new Date()
  // By its time a desktop sees that there is something new in a theme.
  if (isNew) await utimes(to, now, now)
}

/**
 * In an AppImage: a desktop file of this person's, so that the system knows to whom `atelier://` goes, and the icon
 * that it names. Nowhere else is anything written: from an archive the person has not said where it shall stay. Answers whether it was.
 */
export const introduceAppImage = async (
  environment: Environment,
  appImage: string | null,
): Promise<boolean> => {
  if (!appImage) return false
  const { own, forAll } = dataFolders(environment)
  const comments = inEachLanguage(purpose)
  const folder = join(own, 'applications')
  const file = join(folder, name)
  const installed = await Promise.all(
    forAll.map((each) => isThere(join(each, 'applications', name))),
  )
  const text = await readFile(file, 'utf8').catch(() => null)
  const isInstalledForAll = installed.includes(true)
  const wanted = entryToWrite(appImage, comments, { text, isInstalledForAll })
  const isOurs =
    wanted !== null || (!isInstalledForAll && text === desktopEntryOf(appImage, comments))
  // Without its picture the entry does the same.
  if (isOurs) await bringIcons(own, environment.APPDIR).catch(noIcons)
  if (wanted === null) return false
  await write(file, wanted)
  await runTool('update-desktop-database', [folder], environment)
  await runTool('xdg-mime', ['default', name, 'x-scheme-handler/atelier'], environment)
  return true
}
