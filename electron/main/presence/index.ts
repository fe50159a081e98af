import { setTimeout as pause } from 'node:timers/promises'
import { t } from '@lingui/core/macro'
import { app, type BrowserWindow, Menu } from 'electron'
import type { Command, DesktopSettings, DesktopState } from '../../../src/contract/desktop.ts'
import type { EventName, EventPayload, Handler, HandlersOf } from '../../../src/contract/table.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { outageAfterMs } from '../../../src/domain/outage.ts'
import { commandInArguments } from '../../../src/presence/arguments.ts'
import { closingOf } from '../../../src/presence/closing.ts'
import { hasWorkspace, type World } from '../../../src/presence/needs.ts'
import { type Notice, Notices } from '../../../src/presence/notices.ts'
import { standingOf } from '../../../src/presence/standing.ts'
import { type ZoomStep, zoomAfter } from '../../../src/presence/zoom.ts'
import { log } from '../../log/log.ts'
import { applicationMenu } from './application-menu.ts'
import { askAtClosing } from './closing-question.ts'
import { openContextMenus } from './context-menus.ts'
import { licencesHere } from './licences.ts'
import { followAppImage, isHiddenStart, loginState, setStartsAtLogin } from './login.ts'
import { openMenuByKey } from './menu-key.ts'
import { Notifier } from './notifier.ts'
import { checkSpelling, firstLanguages, spellingChoice } from './spelling.ts'
import { listTasks, showInDock, showOnTaskbar } from './taskbar.ts'
import { TrayIcon } from './tray.ts'
import type { TrayActions } from './tray-menu.ts'
import { WorldWatch } from './world.ts'

/** What of the rest of main it asks, as the window could. */
type PresenceChannel = 'transfers.change' | 'artifacts.conflicts' | 'sync.pinned' | 'folders.list'

export type PresenceOptions = {
  windows: {
    readonly current: BrowserWindow | null
    /** The current one is on its way out: the next one is opened only when it has gone. */
    readonly isClosing: boolean
    show: () => void
    /** One may be opened from now on, though none is yet. */
    allow: () => void
    /** The current one will be gone in a moment. */
    closes: () => void
  }
  settings: {
    get: () => { desktop: DesktopSettings }
    update: (change: { desktop: DesktopSettings }) => Promise<void>
  }
  hasDeveloperTools: boolean
  /** What lies over the page, and does not grow with it by itself, is made as large. */
  zoomed: (window: BrowserWindow) => void
  send: <E extends EventName>(name: E, payload: EventPayload<E>) => void
  ask: { [C in PresenceChannel]: Handler<C> }
}

/** As in electron-builder.yml: by it Windows knows whose notifications, tasks and buttons these are. */
const appUserModelId = 'app.atelier.desktop'

/** Milliseconds for an answer to whether anything is kept in step. */
const askingMs = 1_000

/** Atelier on its desktop: what shows of it, and what goes on, beside and without its window. Once Electron is ready. */
export class Presence {
  readonly #options: PresenceOptions
  readonly #world: WorldWatch
  readonly #tray: TrayIcon
  readonly #notifier = new Notifier({
    clicked: ({ command }) => this.act(command),
    clickedOld: (kind) => this.act({ kind: kind === 'update' ? 'checkForUpdates' : 'sync' }),
  })
  readonly #notices: Notices
  readonly #actions: TrayActions
  readonly #commands: Command[] = []
  #isAsking = false
  #isLeaving = false
  /** Null before it is known. */
  #showsWorkspace: boolean | null = null
  #staysWithoutWindow = process.platform === 'darwin'

  constructor(options: PresenceOptions) {
    this.#options = options
    this.#actions = {
      open: () => options.windows.show(),
      act: (command) => this.act(command),
      pause: (paused) =>
        void options.ask['transfers.change']({ paused }).catch((error: unknown) =>
          log('presence').warn('Sync could not be paused from the tray', error),
        ),
      quit: () => app.quit(),
    }
    this.#tray = new TrayIcon(this.#actions)
    this.#notices = new Notices({
      show: (notice) => this.#notify(notice),
      withdraw: (kind) => this.#notifier.withdraw(kind),
      isWatched: () => this.#isWatched(),
      saysNames: () => this.#settings.namesInNotices,
      later: (work, milliseconds) => void setTimeout(work, milliseconds).unref(),
    })
    this.#world = new WorldWatch(
      () => options.ask['artifacts.conflicts']({ projectId: null }),
      () => this.#show(),
    )
    if (process.platform === 'win32') app.setAppUserModelId(appUserModelId)
    checkSpelling(this.#settings.spelling)
    openContextMenus(() => options.windows.current)
  }

  get #settings(): DesktopSettings {
    return this.#options.settings.get().desktop
  }
  /** True: the last window has gone, and the application goes on. */
  get staysWithoutWindow(): boolean {
    return this.#staysWithoutWindow
  }

  hear<E extends EventName>(name: E, payload: EventPayload<E>): void {
    this.#world.hear(name, payload)
  }

  /** The window comes to the front, or to be, and does it. */
  act(command: Command): void {
    this.#commands.push(command)
    this.#options.windows.show()
    // A page that closes would take it, and go; the next one asks by itself.
    if (!this.#options.windows.isClosing) this.#options.send('desktop.commanded', undefined)
  }

  /** Of a launch, the first one or a later one. */
  arrive(argv: readonly string[]): void {
    const command = commandInArguments(argv)
    if (command) this.act(command)
  }

  /** Opens the window, unless a login alone began this. */
  start(argv: readonly string[]): void {
    const { tray } = this.#settings
    app.setAboutPanelOptions({ applicationName: 'Atelier', applicationVersion: app.getVersion() })
    this.#setMenu(false)
    followAppImage()
    this.#show()
    this.#options.windows.allow()
    // Without an icon nobody would know that it is there.
    if (isHiddenStart(argv) && (tray || process.platform === 'darwin'))
      this.#staysWithoutWindow = true
    else this.#options.windows.show()
    this.arrive(argv)
  }

  /** Each window, as it is made. */
  follow(window: BrowserWindow): void {
    const { webContents } = window
    webContents.on('dom-ready', () => {
      webContents.setZoomLevel(this.#settings.zoom)
      this.#options.zoomed(window)
    })
    webContents.on('zoom-changed', (_event, direction) => void this.#zoom(direction))
    if (process.platform === 'win32') openMenuByKey(window, () => this.#showMenu(0, 0))
    showOnTaskbar(window, standingOf(this.#world.now, Date.now()))
  }

  /** Whether its person's closing of it goes on; the application is told by then whether it stays. */
  async mayClose(window: BrowserWindow): Promise<boolean> {
    if (this.#isLeaving) {
      this.#options.windows.closes()
      return true
    }
    // Who presses the button twice has been asked.
    if (this.#isAsking) return false
    this.#isAsking = true
    try {
      const may = await this.#mayCloseAsked(window)
      if (may) this.#options.windows.closes()
      return may
    } finally {
      this.#isAsking = false
    }
  }

  async #mayCloseAsked(window: BrowserWindow): Promise<boolean> {
    const { whenClosed } = this.#settings
    const closing = closingOf({
      platform: process.platform,
      whenClosed,
      hasTray: this.#tray.isThere,
      keepsInStep: whenClosed === 'ask' && (await this.#keepsInStep()),
    })
    if (closing !== 'asks') {
      this.#staysWithoutWindow = closing === 'stays'
      return true
    }
    const { does, isForGood } = await askAtClosing(window)
    if (does === 'nothing') return false
    this.#staysWithoutWindow = does === 'stays'
    if (isForGood) await this.#keep({ whenClosed: does === 'stays' ? 'stay' : 'quit' })
    return true
  }

  /** The application is on its way out; whatever window closes now is not asked about. */
  leave(): void {
    this.#isLeaving = true
    this.#world.close()
    this.#notifier.withdrawAll()
    this.#tray.hide()
  }

  /** For whoever finds that there is a newer Atelier. */
  announceUpdate(version: string): void {
    if (this.#isWatched()) return
    this.#notify({
      kind: 'update',
      title: t`Atelier ${version} can be installed`,
      body: t`See what is new, and when to install it.`,
      command: { kind: 'checkForUpdates' },
    })
  }

  readonly handlers: HandlersOf<'desktop'> = {
    'desktop.state': async () => this.#state(),
    'desktop.change': async ({ startsAtLogin: atLogin, notify, spelling, ...change }) => {
      if (atLogin !== undefined) {
        try {
          setStartsAtLogin(atLogin)
        } catch {
          throw new Failure('disk.denied', 'The entry that starts Atelier could not be written.')
        }
      }
      await this.#keep({
        ...change,
        ...(notify ? { notify: { ...this.#settings.notify, ...notify } } : {}),
        ...(spelling ? { spelling: withLanguages(spelling) } : {}),
      })
      if (spelling) checkSpelling(this.#settings.spelling)
      this.#show()
      return this.#state()
    },
    'desktop.takeCommands': async () =>
      this.#options.windows.isClosing ? [] : this.#commands.splice(0),
    'desktop.showMenu': async ({ x, y }) => {
      const zoom = this.#options.windows.current?.webContents.getZoomFactor() ?? 1
      this.#showMenu(Math.round(x * zoom), Math.round(y * zoom))
    },
  }

  #state(): DesktopState {
    const { whenClosed, tray, notify, namesInNotices, spelling } = this.#settings
    const { startsAtLogin, needsApproval } = loginState()
    return {
      whenClosed,
      tray,
      notify,
      namesInNotices,
      spelling,
      startsAtLogin,
      loginNeedsApproval: needsApproval,
      canNotify: Notifier.isPossible,
      languages: spellingChoice(),
    }
  }

  async #keep(change: Partial<DesktopSettings>): Promise<void> {
    await this.#options.settings.update({ desktop: { ...this.#settings, ...change } })
  }

  /** What a workspace has. A menu that is set anew while it is open closes, so only where it is another one. */
  #showEntries({ session }: World): void {
    const isThere = hasWorkspace(session)
    if (session.status === 'starting' || this.#showsWorkspace === isThere) return
    this.#showsWorkspace = isThere
    this.#setMenu(isThere)
    listTasks(isThere)
  }

  /** In another language. */
  showAnew(): void {
    this.#setMenu(this.#showsWorkspace ?? false)
    listTasks(this.#showsWorkspace ?? false)
    this.#show()
  }

  #setMenu(isThere: boolean): void {
    Menu.setApplicationMenu(
      Menu.buildFromTemplate(
        applicationMenu({
          platform: process.platform,
          hasWorkspace: isThere,
          hasDevTools: this.#options.hasDeveloperTools,
          act: (command) => this.act(command),
          zoom: (change) => void this.#zoom(change),
          showLicences: licencesHere(),
        }),
      ),
    )
  }

  /** All that shows of it outside of the window. */
  #show(): void {
    if (this.#isLeaving) return
    const { session } = this.#world.now
    this.#showEntries(this.#world.now)
    const standing = standingOf(this.#world.now, Date.now())
    if (this.#settings.tray) this.#tray.show(standing)
    else this.#tray.hide()
    showOnTaskbar(this.#options.windows.current, standing)
    showInDock(standing, this.#actions, hasWorkspace(session))
    this.#notices.follow(standing.needs)
    // One that is missed for a moment is no news, and nobody tells again when the moment is over.
    if (this.#world.now.sync.missedSince !== null && standing.kind !== 'offline')
      this.#world.lookAfter(outageAfterMs)
  }

  #notify(notice: Notice): void {
    // Nobody would take it back any more.
    if (this.#isLeaving) return
    if (this.#settings.notify[notice.kind]) this.#notifier.show(notice)
  }

  #isWatched(): boolean {
    const window = this.#options.windows.current
    return window !== null && !window.isDestroyed() && window.isFocused()
  }

  async #keepsInStep(): Promise<boolean> {
    const { ask } = this.#options
    const known = Promise.all([
      ask['folders.list'](undefined).catch(() => []),
      ask['sync.pinned'](undefined).catch(() => []),
    ]).then(([folders, pinned]) => folders.length > 0 || pinned.length > 0)
    // Who closes a window does not wait for a busy disk; asked once too often is the lesser harm.
    return Promise.race([known, pause(askingMs, true, { ref: false })])
  }

  async #zoom(change: ZoomStep): Promise<void> {
    const zoom = zoomAfter(this.#settings.zoom, change)
    const window = this.#options.windows.current
    window?.webContents.setZoomLevel(zoom)
    if (window) this.#options.zoomed(window)
    await this.#keep({ zoom })
  }

  #showMenu(x: number, y: number): void {
    const window = this.#options.windows.current
    if (window && !window.isDestroyed()) Menu.getApplicationMenu()?.popup({ window, x, y })
  }
}

/** Whoever says yes and has not chosen yet writes in what their system speaks. */
const withLanguages = (spelling: DesktopSettings['spelling']): DesktopSettings['spelling'] =>
  spelling.isOn && spelling.languages.length === 0
    ? { ...spelling, languages: firstLanguages() }
    : spelling
