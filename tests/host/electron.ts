import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { IpcMainInvokeEvent } from 'electron'
import type { Frame, Page } from 'playwright-core'
import { openBrowser, toCustom, toIntercepted } from './browser.ts'
import { main, rewriteAnswer, Session, WebContents } from './contents.ts'
import { refusalOf } from './refusal.ts'
import { claimedSchemes, claimScheme } from './scheme.ts'
import { contentViewOf } from './view.ts'

// A test double of Electron (see README.md). Only what electron/main/shell uses is here.

let userData = join(tmpdir(), 'atelier-host')
let handingOver: Promise<unknown> = Promise.resolve()
let isQuitting = false
const file = (name: string): string => join(userData, name)
/** A pid and when it began: the pid alone is another's after the next boot, or in the next container. */
const processOf = (pid: number): string => {
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

/** As in Electron, ready comes once the entry has been evaluated: who awaits it there waits for ever. */
let finishLaunching = (): void => {}
const ready = new Promise<void>((done) => {
  finishLaunching = done
})
export const launched = (): void => finishLaunching()

/** The second launch hands its arguments over and goes. */
const handOver = (): false => {
  process.send?.({ type: 'handedOver' })
  handingOver = new Promise((done) => {
    const socket = connect(file('host.sock'), () => socket.end(JSON.stringify(process.argv)))
    socket.once('close', done)
    socket.once('error', done)
  })
  return false
}

export const dialog = {
  showErrorBox: (title: string, content: string): void => console.error(`${title}: ${content}`),
  /** The spec plays the person who answers, by the button's place; without an answer it is the one that cancels. */
  showMessageBox: async (...given: unknown[]) => {
    const { cancelId, ...asked } = given.at(-1) as { cancelId: number }
    appendFileSync(file('host-asked.txt'), `${JSON.stringify(asked)}\n`)
    const answer = existsSync(file('host-answers.txt'))
      ? Number(readFileSync(file('host-answers.txt'), 'utf8'))
      : cancelId
    rmSync(file('host-answers.txt'), { force: true })
    return { response: answer, checkboxChecked: false }
  },
  /** The spec plays the person who chooses; without a choice the dialog is dismissed. */
  showOpenDialog: async () => {
    const chosen = existsSync(file('host-chooses.txt'))
      ? readFileSync(file('host-chooses.txt'), 'utf8')
      : ''
    rmSync(file('host-chooses.txt'), { force: true })
    // Several are a line each.
    return { canceled: chosen === '', filePaths: chosen.split('\n').filter(Boolean) }
  },
}

export const app = Object.assign(main, {
  setPath: (_name: string, path: string): void => {
    userData = path
  },
  getPath: (): string => userData,
  getAppPath: (): string => join(import.meta.dirname, '../..'),
  /** A spec may play an installed one. */
  isPackaged: process.env.ATELIER_HOST_PACKAGED === '1',
  getName: (): string => 'Atelier',
  getVersion: (): string =>
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version,
  whenReady: (): Promise<void> => ready,
  exit: (code: number): void => process.exit(code),
  releaseSingleInstanceLock: (): void => rmSync(file('host.lock'), { force: true }),
  /** The spec plays the next start; it reads what was to be started here. */
  relaunch: (options: { execPath?: string } = {}): void =>
    appendFileSync(file('host-relaunched.txt'), `${JSON.stringify(options)}\n`),
  setAsDefaultProtocolClient: claimScheme,
  isDefaultProtocolClient: (name: string): boolean => claimedSchemes.has(name),
  requestSingleInstanceLock: (): boolean => {
    const lock = file('host.lock')
    const holder = existsSync(lock) ? readFileSync(lock, 'utf8') : ''
    const isHeld = holder !== '' && processOf(Number.parseInt(holder, 10)) === holder
    try {
      if (!isHeld) {
        rmSync(lock, { force: true })
        // Of two that start at once one has made it.
        writeFileSync(lock, processOf(process.pid), { mode: 0o600, flag: 'wx' })
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EEXIST') return handOver()
      const reason = code === 'ENOSPC' ? 'its disk is full' : 'it cannot be written to'
      console.error(`Atelier keeps its data in ${userData}, and ${reason} (${code}).`)
      process.exit(1)
    }
    if (isHeld) return handOver()
    rmSync(file('host.sock'), { force: true })
    createServer((socket) => {
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('end', () => main.emit('second-instance', {}, JSON.parse(text)))
    })
      .listen(file('host.sock'))
      .unref()
    return true
  },
  quit: (): void => {
    let prevented = false
    main.emit('before-quit', { preventDefault: () => (prevented = true) })
    if (prevented) return
    isQuitting = true
    if (windows.size === 0) exitWhenClosed()
    // A window that prevents its closing has called the quitting off.
    for (const window of windows) window.close()
  },
})
/** Chromium ends by itself; a page that hangs is not waited for, as Electron does not. */
const closingMs = 3_000
const exitWhenClosed = (): void => {
  const closed = handingOver.then(async () => (await defaultSession.opened)?.close())
  void Promise.race([closed, pause(closingMs)])
    .catch(() => {})
    .finally(() => {
      if (defaultSession.opened)
        for (const name of ['host.lock', 'host.json']) rmSync(file(name), { force: true })
      process.exit(0)
    })
}

// A terminal's interrupt or end, and a spec's, is a person closing the application.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit())
/** What a spec has the person or the system do. */
process.on('message', ({ type }: { type: string }) => {
  if (type === 'closeWindow') for (const window of windows) window.close()
  if (type === 'shutDown') powerMonitor.emit('shutdown', { preventDefault: () => {} })
})

const handlers = new Map<string, (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown>()
export const ipcMain = {
  handle(
    channel: string,
    handler: (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown,
  ): void {
    if (handlers.has(channel))
      throw new Error(`Attempted to register a second handler for '${channel}'`)
    handlers.set(channel, handler)
  },
}
const invoke = async (frame: Frame, channel: string, args: unknown[]): Promise<unknown> => {
  const handler = handlers.get(channel)
  if (!handler) throw new Error(`No handler registered for '${channel}'`)
  const origin = toCustom(URL.canParse(frame.url()) ? new URL(frame.url()).origin : 'null')
  return rewriteAnswer(
    await handler(
      { senderFrame: { parent: frame.parentFrame(), origin } } as unknown as IpcMainInvokeEvent,
      ...args,
    ),
  )
}

const windows = new Set<BrowserWindow>()
let havePage = (_page: Page): void => {}
/** Once a window has one. */
export const firstPage = new Promise<Page>((done) => {
  havePage = done
})
const openDefault = ({ gate }: Session) =>
  openBrowser(userData, invoke, gate).catch((error: unknown) => {
    console.error(refusalOf(error instanceof Error ? error.message : String(error), process.env))
    rmSync(file('host.lock'), { force: true })
    process.exit(1)
  })
const defaultSession = new Session(openDefault)
const partitions = new Map<string, Session>()
export const session = {
  defaultSession,
  fromPartition: (name: string): Session => {
    const known = partitions.get(name) ?? new Session((own) => own.beside(defaultSession, invoke))
    partitions.set(name, known)
    return known
  },
}
export { nativeTheme } from './contents.ts'
export { WebContentsView } from './view.ts'

export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents
  readonly contentView: ReturnType<typeof contentViewOf>
  #closed = false
  constructor(options: { webPreferences: { preload: string } }) {
    super()
    this.webContents = new WebContents(defaultSession, async (browser) => {
      const page = browser.pages()[0] ?? (await browser.newPage())
      havePage(page)
      await this.webContents.adopt(page, options.webPreferences.preload)
      page.once('domcontentloaded', () => this.emit('ready-to-show'))
      page.once('close', () => this.#gone())
      return page
    })
    windows.add(this)
    this.contentView = contentViewOf(this.webContents)
  }
  /** Whatever is asked of a window that is gone. */
  #alive(): void {
    if (this.#closed) throw new TypeError('Object has been destroyed')
  }
  loadURL(url: string): Promise<void> {
    this.#alive()
    return this.webContents.loadURL(url)
  }
  show(): void {
    this.#alive()
  }
  focus(): void {
    this.#alive()
    void this.webContents.page.then((page) => page.bringToFront()).catch(() => {})
  }
  restore(): void {
    this.#alive()
  }
  isMinimized(): boolean {
    this.#alive()
    return false
  }
  close(): void {
    this.#alive()
    let prevented = false
    this.emit('close', { preventDefault: () => (prevented = true) })
    if (prevented) isQuitting = false
    else
      void this.webContents.page
        .then((page) => page.close({ runBeforeUnload: true }))
        .catch(() => {})
  }
  /** Its page is asked nothing. */
  destroy(): void {
    this.#gone()
    void this.webContents.page.then((page) => page.close()).catch(() => {})
  }
  #gone(): void {
    if (this.#closed) return
    this.#closed = true
    windows.delete(this)
    this.emit('closed')
    if (windows.size > 0) return
    if (isQuitting) exitWhenClosed()
    else main.emit('window-all-closed')
  }
  isDestroyed(): boolean {
    return this.#closed
  }
  setMenuBarVisibility(): void {
    this.#alive()
  }
}

export const protocol = {
  registerSchemesAsPrivileged: (): void => {},
  handle: defaultSession.protocol.handle,
}
export { net } from './net.ts'
export const powerMonitor = new EventEmitter()
/** Squirrel's; electron-updater tells of its own quitting on it. */
export const autoUpdater = new EventEmitter()
export const Menu = { setApplicationMenu: (): void => {}, buildFromTemplate: (): object => ({}) }
export const shell = {
  /** The spec plays the person's browser; it reads what was opened here. */
  openExternal: async (url: string): Promise<void> =>
    appendFileSync(file('host-opened.txt'), `${url}\n`),
  showItemInFolder: (path: string): void => appendFileSync(file('host-opened.txt'), `${path}\n`),
}

export const utilityProcess = {
  fork: (path: string, args: string[], { env = process.env }: { env?: NodeJS.ProcessEnv } = {}) => {
    // The origin of a page is another one here, and who is told of it is told of that one.
    const child: ChildProcess = fork(path, args.map(toIntercepted), {
      env,
      execArgv: ['--import', new URL('./parent-port.ts', import.meta.url).href],
    })
    const utility = new EventEmitter()
    child.on('message', (message) => utility.emit('message', message))
    child.on('exit', (code) => utility.emit('exit', code))
    return Object.assign(utility, {
      postMessage: (message: object) => child.send(message),
      kill: () => child.kill(),
      pid: child.pid,
    })
  },
}
