import { readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { t } from '@lingui/core/macro'
import { app, dialog, nativeTheme } from 'electron'
import { z } from 'zod'
import type { Sandbox, Theme } from '../../../src/contract/app.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { maxDisplayNameLetters } from '../../../src/domain/limits.ts'
import { sandboxOf } from '../../../src/links/sandbox.ts'
import { linkInArguments } from '../../../src/session/deep-link.ts'
import { mayClaim } from '../../../src/session/loopback.ts'
import { log } from '../../log/log.ts'
import { speakAsKept } from '../../words/index.ts'
import { ownAppImage } from '../own-app-image.ts'
import { localFolder } from './data-folders.ts'

export const deviceName = (): string => hostname().slice(0, 60)
/** Of whoever runs us; '' where that is no person's name. */
export const personName = (): string => {
  try {
    const { username } = userInfo()
    return /^(root|administrator|user|nobody)$/i.test(username)
      ? ''
      : username.slice(0, maxDisplayNameLetters)
  } catch {
    return ''
  }
}
/** A small site to begin with; it ships beside the code. */
export const sampleFolder = (): string =>
  join(app.getAppPath(), 'electron/backend/seed/sites/tidewater')
export const version = (): string => app.getVersion()
const manifest = z.object({ homepage: z.url().nullable().catch(null) })
/** What can be seen of the running application from within. */
export const running = () => ({
  version: app.getVersion(),
  isPackaged: app.isPackaged,
  executable: process.execPath,
  resources: (app.isPackaged && process.resourcesPath) || app.getAppPath(),
  ...manifest.parse(JSON.parse(readFileSync(join(app.getAppPath(), 'package.json'), 'utf8'))),
})
export const userData = (): string => app.getPath('userData')
/** As in BCP 47, the first one first. */
export const preferredLanguages = (): string[] => app.getPreferredSystemLanguages()
/** Before the settings are open. */
export const speakBeforehand = (): void => speakAsKept(userData(), preferredLanguages())
export const setTheme = (theme: Theme): void => {
  nativeTheme.themeSource = theme
}

/** Where the log lies, and which folders it may name. Who runs Atelier from a terminal sees its errors there, too. */
export const logPlace = () => ({
  folder: join(localFolder() ?? userData(), 'logs'),
  known: [
    ...(localFolder() === null ? [] : [{ path: localFolder() ?? '', name: '<local>' }]),
    { path: userData(), name: '<data>' },
    { path: app.getAppPath(), name: '<app>' },
  ],
  ...(app.isPackaged ? {} : { alsoTo: (line: string) => process.stderr.write(`${line}\n`) }),
})

/** The folder of this run. Before the lock, which lies in it. */
export const placeUserData = (): void => {
  const folder = process.env.ATELIER_USER_DATA
  // Electron takes no relative one.
  if (folder) app.setPath('userData', resolve(folder))
}

type Arrival = Exclude<ReturnType<typeof linkInArguments>, { kind: 'none' }>

/**
 * Links from everywhere go through one queue: a cold start's arguments, a second launch, macOS' open-url.
 * They wait there until somebody listens.
 */
export const linkQueue = (isMet: (argv: readonly string[]) => boolean = () => true) => {
  const waiting: Arrival[] = []
  let listener: ((arrival: Arrival) => void) | null = null
  const push = (arrival: Arrival): void => {
    if (listener) listener(arrival)
    else waiting.push(arrival)
  }
  // Before Electron is ready: on macOS the link that started the application comes that early.
  app.on('open-url', (event, url) => {
    event.preventDefault()
    if (isMet([url])) push({ kind: 'link', link: url })
  })
  return {
    push: (link: string): void => push({ kind: 'link', link }),
    pushArguments: (argv: readonly string[]): void => {
      const found = linkInArguments(argv)
      if (found.kind !== 'none') push(found)
    },
    listen: (handler: (arrival: Arrival) => void): void => {
      listener = handler
      for (const arrival of waiting.splice(0)) handler(arrival)
    },
  }
}

export const sandbox = (): Sandbox =>
  sandboxOf({
    isSwitchedOff: app.commandLine.hasSwitch('no-sandbox'),
    isRoot: process.getuid?.() === 0,
    isAppImage: ownAppImage() !== null,
  })
export const quit = (): void => app.quit()
export const whenReady = (): Promise<void> => app.whenReady()
/** `atelier://` as the system knows it. From source it is Electron that runs, with us as its argument; both must be known. */
export const scheme = {
  /** A spec that plays the system asks for it, whatever folder its data lie in. */
  mayClaim: (): boolean =>
    (!app.isPackaged && process.env.ATELIER_CLAIM_SCHEME === '1') ||
    mayClaim({
      platform: process.platform,
      isPackaged: app.isPackaged,
      isApart: Boolean(process.env.ATELIER_USER_DATA),
    }),
  /** False where the system did not take it, as on Linux without an installed desktop file. */
  claim: (): boolean => app.setAsDefaultProtocolClient(...schemeArguments()),
  /** Asked anew each time: another program, or the person, may have it by now. */
  isDefault: (): boolean => app.isDefaultProtocolClient(...schemeArguments()),
  isPackaged: (): boolean => app.isPackaged,
}
const schemeArguments = (): [string, string?, string[]?] => {
  const [, entry] = process.argv
  return process.defaultApp && entry ? ['atelier', process.execPath, [resolve(entry)]] : ['atelier']
}
/** What is no failure of ours has no code. */
const whyNotStarted = (error: unknown): string => {
  if (error instanceof Failure) return `${error.message} (${error.code})`
  return error instanceof Error ? error.message : String(error)
}

/** Nothing is there to show it in but the system's own box; before Electron is ready Linux has none. */
export const failToStart = async (error: unknown): Promise<void> => {
  log('start').error('Atelier could not start', error)
  await app.whenReady()
  speakBeforehand()
  dialog.showErrorBox(t`Atelier could not start`, whyNotStarted(error))
  app.exit(1)
}
