import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { app } from 'electron'
import { hiddenArgument } from '../../../src/presence/arguments.ts'
import { autostartEntry, isEnabledEntry } from '../../../src/presence/autostart-entry.ts'

/** From source it is Electron that runs, with us as its argument. An AppImage's programs lie elsewhere at each start. */
const program = (): string[] => {
  const image = process.env.APPIMAGE
  if (image) return [image]
  const [, entry] = process.argv
  return process.defaultApp && entry ? [process.execPath, resolve(entry)] : [process.execPath]
}

const autostartFile = (): string => {
  const configured = process.env.XDG_CONFIG_HOME
  const folder = configured && isAbsolute(configured) ? configured : join(homedir(), '.config')
  return join(folder, 'autostart', 'atelier.desktop')
}

const argumentsHere = (): string[] => [...program().slice(1), hiddenArgument]

/** As the system has it now: its own settings switch it off, too. */
export const startsAtLogin = (): boolean => {
  if (process.platform === 'linux') {
    try {
      return isEnabledEntry(readFileSync(autostartFile(), 'utf8'))
    } catch {
      return false
    }
  }
  return app.getLoginItemSettings(
    process.platform === 'win32' ? { args: argumentsHere() } : undefined,
  ).openAtLogin
}

/** @throws what a disk says that does not take the entry */
export const setStartsAtLogin = (isWanted: boolean): void => {
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({
      openAtLogin: isWanted,
      ...(process.platform === 'win32' ? { args: argumentsHere() } : {}),
    })
    return
  }
  const file = autostartFile()
  if (!isWanted) {
    rmSync(file, { force: true })
    return
  }
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 })
  writeFileSync(file, autostartEntry([...program(), hiddenArgument]))
}

/** A start that nobody asked for just now, and that shows nothing. */
export const isHiddenStart = (argv: readonly string[]): boolean =>
  argv.includes(hiddenArgument) ||
  (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin)
