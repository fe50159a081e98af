import { existsSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { BrowserContext } from 'playwright-core'
import { main } from './app-events.ts'

// Where this run keeps its things, and how it begins and ends.

const given = new Map<string, string>()
const userData = (): string => given.get('userData') ?? join(tmpdir(), 'atelier-host')
export const file = (name: string): string => join(userData(), name)
/** The first is what holds; the others are Chromium's own, for who reads them. */
export const lockFiles = ['host.lock', 'SingletonLock', 'SingletonSocket'] as const

const places: Record<string, () => string> = {
  userData,
  sessionData: userData,
  logs: () => file('logs'),
  crashDumps: () => file('Crashpad'),
  appData: () => process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'),
  home: homedir,
  temp: tmpdir,
  exe: () => process.execPath,
  desktop: () => join(homedir(), 'Desktop'),
  documents: () => join(homedir(), 'Documents'),
  downloads: () => join(homedir(), 'Downloads'),
}
export const getPath = (name: string): string => {
  const place = places[name]
  if (!place) throw new Error(`Failed to get '${name}' path`)
  return given.get(name) ?? place()
}
export const setPath = (name: string, path: string): void => {
  if (!isAbsolute(path)) throw new Error('Path must be absolute')
  if (!places[name]) throw new Error('Failed to set path')
  given.set(name, path)
}

/** As in Electron, ready comes once the entry has been evaluated: who awaits it there waits for ever. */
let isReady = false
let finishLaunching = (): void => {}
export const ready = new Promise<void>((done) => {
  finishLaunching = done
})
export const launched = (): void => {
  isReady = true
  finishLaunching()
  main.emit('ready', {}, {})
}
export const readyNow = (): boolean => isReady

type Window = { close(): void; destroy(): void }
export const windows = new Set<Window>()

/** What has to be over before the process may end. */
const pending: (() => Promise<unknown>)[] = []
export const beforeTheEnd = (work: () => Promise<unknown>): void => void pending.push(work)
let opened: () => Promise<BrowserContext> | null = () => null
export const closesAtTheEnd = (browser: typeof opened): void => {
  opened = browser
}

let isQuitting = false
let isExiting = false
let isOver = false
/** Chromium ends by itself; a page that hangs is not waited for, as Electron does not. */
const closingMs = 3_000
const shutDown = (code: number): void => {
  if (isOver) return
  isOver = true
  main.emit('quit', {}, code)
  const closed = Promise.all(pending.map((work) => work())).then(async () =>
    (await opened())?.close(),
  )
  void Promise.race([closed, pause(closingMs)])
    .catch(() => {})
    .finally(() => {
      if (opened())
        for (const name of [...lockFiles, 'host.json']) rmSync(file(name), { force: true })
      process.exit(code)
    })
}
const preventable = (event: string): boolean => {
  let prevented = false
  main.emit(event, { preventDefault: () => (prevented = true), defaultPrevented: false })
  return prevented
}
const notifyAndShutDown = (): void => {
  if (isOver) return
  if (preventable('will-quit')) isQuitting = false
  else shutDown(0)
}

/** Windows are asked, and the last of them takes the application with it: `window-all-closed` is not said then. */
export const quit = (): void => {
  if (isQuitting) return
  if (preventable('before-quit')) return
  isQuitting = true
  if (windows.size === 0) notifyAndShutDown()
  else for (const window of [...windows]) window.close()
}
/** Nobody is asked. */
export const exit = (code = 0): void => {
  isExiting = true
  for (const window of [...windows]) window.destroy()
  if (isReady) shutDown(code)
  else process.exit(code)
}
export const quittingNow = (): boolean => isQuitting || isExiting || isOver
/** A window that prevents its closing has called the quitting off. */
export const closeCancelled = (): void => {
  isQuitting = false
}
export const windowGone = (window: Window): void => {
  windows.delete(window)
  if (windows.size > 0) return
  if (isExiting) return
  if (isQuitting) notifyAndShutDown()
  else main.emit('window-all-closed')
}

/** A pid and when it began: the pid alone is another's after the next boot, or in the next container. */
export const processOf = (pid: number): string => {
  try {
    process.kill(pid, 0)
    const began = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19]
    return `${pid} ${began}`
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Nobody has it; elsewhere than on Linux there is nothing more to know.
    return code === 'ESRCH' ? '' : String(pid)
  }
}
export const isLeft = (name: string): boolean => existsSync(file(name))
/** The person that a spec plays has left something in this file; it is read once. */
export const takeLeft = (name: string): string | null => {
  const left = existsSync(file(name)) ? readFileSync(file(name), 'utf8') : null
  rmSync(file(name), { force: true })
  return left
}
