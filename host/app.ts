import {
  appendFileSync,
  existsSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { main } from './app-events.ts'
import { applicationFolder, isPackaged } from './application.ts'
import { desktopApp } from './desktop-app.ts'
import {
  beforeTheEnd,
  exit,
  file,
  getPath,
  lockFiles,
  processOf,
  quit,
  ready,
  readyNow,
  setPath,
} from './lifecycle.ts'
import { playRoles } from './menu.ts'
import { play } from './played.ts'
import { claimedSchemes, claimScheme } from './scheme.ts'
import { powerMonitor } from './system.ts'
import { closeWindows, crashPages, focused, tellWindows } from './windows.ts'

/** The second launch hands its arguments over and goes. */
const handOver = (): false => {
  process.send?.({ type: 'handedOver' })
  const handingOver = new Promise<void>((done) => {
    const socket = connect(file('host.sock'), () => socket.end(JSON.stringify(process.argv)))
    socket.once('close', done)
    socket.once('error', done)
  })
  beforeTheEnd(() => handingOver)
  return false
}

/** As Chromium hands it on: switches of its own are among what was typed. Never before `ready`. */
const hearSecond = (argv: string[]): void => {
  const [executable = '', ...rest] = argv
  void ready.then(() =>
    main.emit(
      'second-instance',
      {},
      [executable, '--allow-file-access-from-files', ...rest],
      process.cwd(),
      null,
    ),
  )
}

/** By this process, which may ask for it again. */
let isLockOurs = false
const takeLock = (): boolean => {
  if (isLockOurs) return true
  const lock = file('host.lock')
  const holder = existsSync(lock) ? readFileSync(lock, 'utf8') : ''
  const isHeld = holder !== '' && processOf(Number.parseInt(holder, 10)) === holder
  try {
    if (!isHeld) {
      rmSync(lock, { force: true })
      // Of two that start at once one has made it.
      writeFileSync(lock, processOf(process.pid), { mode: 0o600, flag: 'wx' })
      // Chromium's own, which the product reads; one of another host is taken, as Electron takes it.
      for (const name of lockFiles.slice(1)) rmSync(file(name), { force: true })
      symlinkSync(`${hostname()}-${process.pid}`, file('SingletonLock'))
      symlinkSync(file('host.sock'), file('SingletonSocket'))
    }
  } catch (error) {
    // Whatever keeps the lock from being taken, Electron says no more than that.
    return (error as NodeJS.ErrnoException).code === 'EEXIST' ? handOver() : false
  }
  if (isHeld) return handOver()
  rmSync(file('host.sock'), { force: true })
  createServer((socket) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('end', () => hearSecond(JSON.parse(text)))
  })
    .listen(file('host.sock'))
    .unref()
  isLockOurs = true
  return true
}

type PasswordHandler = (asking: Electron.ClientCertRequestParams) => Promise<string>
/** Electron cancels where nobody is. */
let tokenPassword: PasswordHandler = async () => ''
/** A token of the system is locked: what it is given, and '' where it stays so. */
play<Electron.ClientCertRequestParams>('token', (asking) => tokenPassword(asking))

export const app = Object.assign(main, desktopApp, {
  setPath,
  getPath,
  getAppPath: (): string => applicationFolder,
  isPackaged,
  getName: (): string => 'Atelier',
  getVersion: (): string =>
    JSON.parse(readFileSync(join(applicationFolder, 'package.json'), 'utf8')).version,
  setClientCertRequestPasswordHandler: (handler: PasswordHandler): void => {
    tokenPassword = handler
  },
  commandLine: {
    hasSwitch: (name: string): boolean =>
      process.argv.some((each) => each === `--${name}` || each.startsWith(`--${name}=`)),
  },
  isReady: readyNow,
  whenReady: (): Promise<void> => ready,
  exit,
  quit,
  setAsDefaultProtocolClient: claimScheme,
  isDefaultProtocolClient: (name: string, _path?: string, _args?: string[]): boolean =>
    claimedSchemes.has(name),
  requestSingleInstanceLock: takeLock,
  releaseSingleInstanceLock: (): void => {
    isLockOurs = false
    for (const name of lockFiles) rmSync(file(name), { force: true })
  },
  /** The spec plays the next start; it reads what was to be started here. */
  relaunch: (options: { args?: string[]; execPath?: string } = {}): void =>
    appendFileSync(file('host-relaunched.txt'), `${JSON.stringify(options)}\n`),
})

// What macOS does, of which the desktop here knows nothing: it hands a link over, and its Dock asks for the application.
const openUrl = (url: string): void => void main.emit('open-url', { preventDefault: () => {} }, url)
/** The link that a start began with is handed over before `ready`. */
export const openFirstUrl = (): void => {
  const url = process.env.ATELIER_HOST_OPENS_URL
  if (url) openUrl(url)
}
play<string>('open url', openUrl)
play('activate', () => void main.emit('activate', {}, focused() !== null))

// A terminal's interrupt or end, and a spec's, is a person closing the application.
playRoles({ contents: () => focused()?.webContents ?? null, close: closeWindows, quit })
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit())
/** Milliseconds from the system's question to its end of us; it gives more, and promises none. */
const sessionEndMs = 1_000
/** Milliseconds after which the person has had enough of whoever holds it. */
const heldMs = 8_000
/** What a spec has the person or the system do. */
process.on('message', ({ type }: { type: string }) => {
  if (type === 'closeWindow') closeWindows()
  if (type === 'crash') crashPages()
  if (type === 'breakMain') throw new Error('a fault that a spec made')
  if (type === 'unresponsive' || type === 'responsive') tellWindows(type)
  if (type === 'suspend' || type === 'resume') powerMonitor.emit(type)
  // Windows asks, and ends everything of the person's; who holds it is named to them after a while, and ended by them.
  if (type === 'endSession') {
    const reasons = ['shutdown']
    const isHeld = tellWindows('query-session-end', { reasons })
    if (!isHeld) tellWindows('session-end', { reasons })
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), isHeld ? heldMs : sessionEndMs)
  }
  if (type === 'shutDown') powerMonitor.emit('shutdown', { preventDefault: () => {} })
})
