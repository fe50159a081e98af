import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Frame, Page } from 'playwright-core'
import { addPreload, openBrowser, schemes, toCustom, toIntercepted } from './browser.ts'

// A test double of Electron (see README.md). Only what electron/main/shell uses is here.

const main = new EventEmitter()
let context: Promise<BrowserContext> | null = null
let userData = join(tmpdir(), 'atelier-host')
let quitting: Promise<unknown> = Promise.resolve()
const file = (name: string): string => join(userData, name)
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const rewriteAnswer = (value: unknown): unknown => {
  if (typeof value === 'string')
    return value.startsWith('artifact://') ? toIntercepted(value) : value
  if (Array.isArray(value)) return value.map(rewriteAnswer)
  if (value && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, rewriteAnswer(inner)]),
    )
  return value
}

/** As in Electron, ready comes once the entry has been evaluated: who awaits it there waits for ever. */
let finishLaunching = (): void => {}
const ready = new Promise<void>((done) => {
  finishLaunching = done
})
export const launched = (): void => finishLaunching()

export const dialog = {
  showErrorBox: (title: string, content: string): void => console.error(`${title}: ${content}`),
  /** The spec plays the person who chooses; without a choice the dialog is dismissed. */
  showOpenDialog: async () => {
    const chosen = existsSync(file('host-chooses.txt'))
      ? readFileSync(file('host-chooses.txt'), 'utf8')
      : ''
    rmSync(file('host-chooses.txt'), { force: true })
    return { canceled: chosen === '', filePaths: chosen ? [chosen] : [] }
  },
}

export const app = Object.assign(main, {
  setPath: (_name: string, path: string): void => {
    userData = path
  },
  getPath: (): string => userData,
  getVersion: (): string =>
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version,
  whenReady: (): Promise<void> => ready,
  exit: (code: number): void => process.exit(code),
  setAsDefaultProtocolClient: (): boolean => true,
  requestSingleInstanceLock: (): boolean => {
    const lock = file('host.lock')
    const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0
    if (holder && alive(holder)) {
      // The second launch hands its arguments over and goes.
      quitting = new Promise((done) => {
        const socket = connect(file('host.sock'), () => socket.end(JSON.stringify(process.argv)))
        socket.once('close', done)
        socket.once('error', done)
      })
      return false
    }
    writeFileSync(lock, String(process.pid))
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
    void quitting
      .then(async () => (await context)?.close())
      .catch(() => {})
      .finally(() => {
        if (context) rmSync(file('host.lock'), { force: true })
        process.exit(0)
      })
  },
})

// A terminal's interrupt, and a spec's, is a person closing the application.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => app.quit())

type Event = { senderFrame: { parent: object | null; origin: string } }
const handlers = new Map<string, (event: Event, ...args: unknown[]) => Promise<unknown>>()
export const ipcMain = {
  handle: (
    channel: string,
    handler: (event: Event, ...args: unknown[]) => Promise<unknown>,
  ): void => {
    handlers.set(channel, handler)
  },
}
const invoke = async (frame: Frame, channel: string, args: unknown[]): Promise<unknown> => {
  const handler = handlers.get(channel)
  if (!handler) throw new Error(`No handler registered for '${channel}'`)
  const origin = toCustom(URL.canParse(frame.url()) ? new URL(frame.url()).origin : 'null')
  return rewriteAnswer(
    await handler({ senderFrame: { parent: frame.parentFrame(), origin } }, ...args),
  )
}

const pages = new Set<Page>()
let themeSource: 'system' | 'light' | 'dark' = 'system'
const applyTheme = (page: Page): Promise<void> =>
  page.emulateMedia({ colorScheme: themeSource === 'system' ? null : themeSource }).catch(() => {})
export const nativeTheme = {
  get themeSource() {
    return themeSource
  },
  set themeSource(value: typeof themeSource) {
    themeSource = value
    for (const page of pages) void applyTheme(page)
  },
  get shouldUseDarkColors(): boolean {
    return themeSource === 'dark'
  },
}

const contentsOf = new Map<Page, WebContents>()
/** Electron asks for what a page begins, and not for what main began. */
const mayNavigate = (frame: Frame | null, url: string): boolean => {
  const contents = frame && contentsOf.get(frame.page())
  if (!contents) return false
  const isMainFrame = frame.parentFrame() === null
  if (isMainFrame && contents.loading) {
    contents.loading = false
    return true
  }
  let prevented = false
  const event = { url, isMainFrame, preventDefault: () => (prevented = true) }
  if (isMainFrame) contents.emit('will-navigate', event)
  contents.emit('will-frame-navigate', event)
  return !prevented
}

type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' }
class WebContents extends EventEmitter {
  readonly page: Promise<Page>
  loading = false
  openHandler: OpenHandler = () => ({ action: 'allow' })
  constructor(page: Promise<Page>) {
    super()
    this.page = page
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler
  }
  send(channel: string, ...args: unknown[]): void {
    void this.page
      .then((page) =>
        page.evaluate(
          ([name, values]) => {
            const { hostListeners } = globalThis as unknown as {
              hostListeners?: Map<string, ((event: object, ...args: unknown[]) => void)[]>
            }
            for (const listener of hostListeners?.get(name) ?? []) listener({}, ...values)
          },
          [channel, args.map(rewriteAnswer)] as [string, unknown[]],
        ),
      )
      // A page between two documents hears nothing, as in Electron.
      .catch(() => {})
  }
  setWebRTCIPHandlingPolicy(): void {}
  reload(): void {
    this.loading = true
    void this.page.then((page) => page.reload()).catch(() => {})
  }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents
  #closed = false
  constructor(options: { webPreferences: { preload: string } }) {
    super()
    context ??= openBrowser(userData, invoke, mayNavigate)
    const opening = context.then(async (browser) => {
      const page = browser.pages()[0] ?? (await browser.newPage())
      pages.add(page)
      contentsOf.set(page, this.webContents)
      await applyTheme(page)
      const devtools = await browser.newCDPSession(page)
      await devtools.send('Page.enable')
      devtools.on('Page.windowOpen', ({ url }) => this.webContents.openHandler({ url }))
      // No window of this application is allowed a second one.
      page.on('popup', (popup) => void popup.close().catch(() => {}))
      await addPreload(page, options.webPreferences.preload)
      page.once('domcontentloaded', () => this.emit('ready-to-show'))
      page.once('close', () => {
        this.#closed = true
        pages.delete(page)
        this.emit('closed')
        if (pages.size === 0) main.emit('window-all-closed')
      })
      return page
    })
    this.webContents = new WebContents(opening)
    main.emit('web-contents-created', {}, this.webContents)
  }
  async loadURL(url: string): Promise<void> {
    const page = await this.webContents.page
    this.webContents.loading = true
    await page.goto(toIntercepted(url)).catch(() => {})
  }
  show(): void {}
  focus(): void {}
  restore(): void {}
  isMinimized(): boolean {
    return false
  }
  close(): void {
    void this.webContents.page.then((page) => page.close({ runBeforeUnload: true })).catch(() => {})
  }
  isDestroyed(): boolean {
    return this.#closed
  }
  setMenuBarVisibility(): void {}
}

export const protocol = {
  registerSchemesAsPrivileged: (): void => {},
  handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>): void => {
    schemes.set(scheme, handler)
  },
}
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (): void => {},
    setPermissionCheckHandler: (): void => {},
  },
}
export { net } from './net.ts'
export const powerMonitor = new EventEmitter()
export const Menu = { setApplicationMenu: (): void => {}, buildFromTemplate: (): object => ({}) }
export const shell = {
  /** The spec plays the person's browser; it reads what was opened here. */
  openExternal: async (url: string): Promise<void> =>
    appendFileSync(file('host-opened.txt'), `${url}\n`),
  openPath: async (path: string): Promise<string> => {
    appendFileSync(file('host-opened.txt'), `${path}\n`)
    return ''
  },
}

export const utilityProcess = {
  fork: (path: string, args: string[], { env = process.env }: { env?: NodeJS.ProcessEnv } = {}) => {
    const child: ChildProcess = fork(path, args, {
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
