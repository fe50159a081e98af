import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { msg } from '@lingui/core/macro'
import { app } from 'electron'
import { hiddenArgument } from '../../../src/presence/arguments.ts'
import {
  autostartEntry,
  isEnabledEntry,
  isOfFormerImage,
  startsProgram,
} from '../../../src/presence/autostart-entry.ts'
import { type LoginState, loginStateOf } from '../../../src/presence/login-state.ts'
import { inEachLanguage } from '../../words/index.ts'
import { ownAppImage } from '../own-app-image.ts'

const purpose = msg`Keep linked folders in step`

/** From source it is Electron that runs, with us as its argument. An AppImage's programs lie elsewhere at each start. */
const program = (): string[] => {
  const image = ownAppImage()
  if (image) return [image]
  const [, entry] = process.argv
  return process.defaultApp && entry ? [process.execPath, resolve(entry)] : [process.execPath]
}

const autostartFile = (): string => {
  const configured = process.env.XDG_CONFIG_HOME
  const folder = configured && isAbsolute(configured) ? configured : join(homedir(), '.config')
  return join(folder, 'autostart', 'atelier.desktop')
}
const entryNow = (): string => {
  try {
    return readFileSync(autostartFile(), 'utf8')
  } catch {
    return ''
  }
}

const argumentsHere = (): string[] => [...program().slice(1), hiddenArgument]

/** As the system has it now: its own settings switch it off, too. */
export const loginState = (): LoginState => {
  if (process.platform === 'linux') {
    const entry = entryNow()
    return {
      startsAtLogin: isEnabledEntry(entry) && startsProgram(entry, program()),
      needsApproval: false,
    }
  }
  return loginStateOf(
    process.platform,
    app.getLoginItemSettings(process.platform === 'win32' ? { args: argumentsHere() } : undefined),
  )
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
  writeFileSync(file, autostartEntry([...program(), hiddenArgument], inEachLanguage(purpose)))
}

/** A newer AppImage has a name of its own: what starts the one before starts this one from now on. */
export const followAppImage = (): void => {
  const appImage = ownAppImage()
  if (process.platform !== 'linux' || !appImage) return
  if (!isOfFormerImage(entryNow(), appImage, existsSync)) return
  try {
    setStartsAtLogin(true)
  } catch {
    // Settings show that it does not start, and try again.
  }
}

/** A start that nobody asked for just now, and that shows nothing. */
export const isHiddenStart = (argv: readonly string[]): boolean =>
  argv.includes(hiddenArgument) ||
  (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin)
