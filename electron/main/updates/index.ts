import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { FolderLink } from '../../../src/contract/folders.ts'
import type { NetworkState } from '../../../src/contract/network.ts'
import { idleSync, type SyncState } from '../../../src/contract/sync.ts'
import type { EventName, EventPayload, HandlersOf } from '../../../src/contract/table.ts'
import type { Updates } from '../../../src/contract/updates.ts'
import type { ProxyLogin } from '../../../src/network/proxy-sign-in.ts'
import { busynessOf } from '../../../src/updates/busyness.ts'
import { type Installation, meansOf } from '../../../src/updates/means.ts'
import { isOfStore } from '../../../src/updates/own-app-image.ts'
import { log, logged } from '../../log/log.ts'
import { ownAppImage } from '../own-app-image.ts'
import { downloadPageOf, readFeed } from './feed.ts'
import { forgetFormerAppImage } from './former-app-image.ts'
import { openMemory } from './memory.ts'
import { openService, type ServiceOptions } from './service.ts'
import { openTimeLimits } from './time-limits.ts'
import type { Updater } from './updater.ts'

const said = log('updates')

/** Milliseconds that a page has for its last words. */
const lastWordsMs = 2_000

/** What Electron knows of the running application. */
export type Running = {
  version: string
  isPackaged: boolean
  executable: string
  /** Where electron-builder puts what lies beside the archive. */
  resources: string
  homepage: string | null
}

export type UpdatesOptions = Pick<
  ServiceOptions,
  'announced' | 'openAgain' | 'hasDatabase' | 'quit'
> & {
  folder: string
  running: Running
  /** The window's last words; it may hang. */
  saveAll: () => Promise<void>
  /** `copy`: with a copy of the embedded database, for a PostgreSQL of another major; rejects where there is none. */
  closeAll: (copy: boolean) => Promise<void>
  /** Called when nothing of the application is left but its process; what it is given ends that. */
  leaveWith: (end: () => Promise<void>, how: { nextStartsFirst: boolean }) => Promise<void>
  openPage: (url: string) => Promise<void>
  /** Begins this application anew once it has ended, with what another start is to be given. */
  startAgain: () => void
  login: ProxyLogin
  changed: (updates: Updates) => void
}

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** What asks the person for the rights of the system's package manager; electron-updater looks for these. */
const mayElevate = (): boolean =>
  process.getuid?.() === 0 ||
  ['pkexec', 'gksudo', 'kdesudo', 'beesu'].some(
    (name) => spawnSync('/bin/sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0,
  )

const linuxPackageOf = (resources: string): Installation['linuxPackage'] => {
  const file = join(resources, 'package-type')
  const named = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  return named === 'deb' || named === 'rpm' || named === 'pacman' ? named : null
}

/** What can be seen of this installation. */
const installationOf = (running: Running, hasFeed: boolean): Installation => {
  const { executable, resources, isPackaged } = running
  const platform = process.platform as Installation['platform']
  const linuxPackage = platform === 'linux' ? linuxPackageOf(resources) : null
  // What a package says of itself counts for more than what it was started with.
  const appImage = linuxPackage === null ? ownAppImage() : null
  // …/Atelier.app/Contents/MacOS/Atelier
  const replaced =
    appImage ?? (platform === 'darwin' ? dirname(dirname(dirname(executable))) : executable)
  return {
    platform,
    isPackaged,
    hasFeed,
    executable,
    appImage,
    linuxPackage,
    isOfStore:
      isOfStore(executable, process.env) || process.windowsStore === true || process.mas === true,
    isWritable: isWritable(replaced) && isWritable(dirname(replaced)),
    mayElevate: linuxPackage !== null && mayElevate(),
    hasUninstaller: existsSync(join(dirname(executable), 'Uninstall Atelier.exe')),
  }
}

/** Installed by a package manager, and begun anew by us. */
const isOfPackage = ({ appImage, linuxPackage }: Installation): boolean =>
  appImage === null && linuxPackage !== null

const createUpdater = async (installation: Installation) => {
  const kinds = await import('electron-updater')
  const { platform, linuxPackage } = installation
  const ofPackage = isOfPackage(installation) ? linuxPackage : null
  if (platform === 'darwin') return () => new kinds.MacUpdater()
  if (platform === 'win32') return () => new kinds.NsisUpdater()
  if (ofPackage === 'deb') return () => new kinds.DebUpdater()
  if (ofPackage === 'rpm') return () => new kinds.RpmUpdater()
  if (ofPackage === 'pacman') return () => new kinds.PacmanUpdater()
  return () => new kinds.AppImageUpdater()
}

/** From source there is no feed but one that is named for a trial. */
const configurationOf = ({ isPackaged, resources }: Running): string =>
  isPackaged
    ? join(resources, 'app-update.yml')
    : (process.env.ATELIER_UPDATE_FEED ?? join(resources, 'app-update.yml'))

/** Updates of the application: what answers the renderer, and what the rest tells of itself. */
export const openUpdates = async (options: UpdatesOptions) => {
  const { folder, running } = options
  const write = (line: string): void => said.warn(line)
  const configuration = configurationOf(running)
  const feed = await readFeed(configuration)
  const installation = installationOf(running, feed !== null)
  const { appImage } = installation
  const memory = await openMemory(join(folder, 'updates.json'))
  if (appImage && memory.get().attempt?.to === running.version)
    await forgetFormerAppImage(appImage).catch(logged('updates', 'The former AppImage stays'))

  const limits = openTimeLimits()
  let goOn: (() => void) | null = null
  /** A certificate is asked for by no event of electron-updater's: whoever is at such a question holds its clock. */
  const whileAsked = ({ questions }: NetworkState): void => {
    if (questions.some(({ kind }) => kind !== 'proxy')) goOn ??= limits.hold()
    else {
      goOn?.()
      goOn = null
    }
  }
  let opening: Promise<Updater> | null = null
  const updater = (): Promise<Updater> => {
    opening ??= import('./updater.ts').then(async ({ openUpdater }) =>
      openUpdater({
        create: await createUpdater(installation),
        configuration,
        log: write,
        login: options.login,
        limits,
        startAgain: isOfPackage(installation) ? options.startAgain : null,
      }),
    )
    return opening
  }
  const openPage = async (): Promise<void> => {
    if (feed) await options.openPage(downloadPageOf(feed, running.homepage))
  }
  const service = openService({
    ...options,
    log: write,
    failed: (of, error) => said.warn(`An update ended: ${of}`, error),
    means: meansOf(installation),
    memory,
    version: running.version,
    updater,
    failureCodeOf: async (error) => (await import('./updater.ts')).failureCodeOf(error),
    prepare: async (copy, step) => {
      step('saving')
      await Promise.race([options.saveAll(), pause(lastWordsMs)])
      step(copy ? 'copying' : 'stopping')
      try {
        await options.closeAll(copy)
      } catch (error) {
        await options.openAgain()
        throw error
      }
    },
    openPage,
    install: (opened) =>
      options.leaveWith(() => opened.install(appImage), { nextStartsFirst: appImage !== null }),
  })

  let sync: SyncState = idleSync
  let folders: FolderLink[] = []
  const told = (): void => service.happen({ type: 'busyness', busy: busynessOf(sync, folders) })
  const asked = (happening: Parameters<typeof service.happen>[0]) => async () => {
    service.happen(happening)
    return service.shown()
  }
  const handlers: HandlersOf<'updates'> = {
    'updates.state': async () => service.shown(),
    'updates.check': asked({ type: 'checkAsked' }),
    'updates.download': asked({ type: 'downloadAsked' }),
    'updates.cancel': asked({ type: 'cancelAsked' }),
    'updates.later': asked({ type: 'laterAsked' }),
    'updates.skip': asked({ type: 'skipAsked' }),
    'updates.install': asked({ type: 'installAsked' }),
    'updates.goOn': asked({ type: 'goOnAsked' }),
    'updates.setAutomatic': async ({ automatic }) => {
      service.happen({ type: 'automatic', automatic })
      return service.shown()
    },
    'updates.openPage': async () => {
      if (service.shown().copiesFirst) service.happen({ type: 'leaveAsked' })
      else await openPage()
    },
    'updates.goOnWithoutCopy': asked({ type: 'withoutCopyAsked' }),
  }
  return {
    /** Everything that is told to the window passes here: what moves holds up an update. */
    hear: <E extends EventName>(name: E, payload: EventPayload<E>): void => {
      if (name === 'sync.changed') sync = payload as SyncState
      else if (name === 'folders.changed') folders = payload as FolderLink[]
      else if (
        name === 'session.changed' &&
        (payload as { status: string }).status === 'signedOut'
      ) {
        sync = idleSync
        folders = []
      } else {
        if (name === 'network.changed') whileAsked(payload as NetworkState)
        return
      }
      told()
    },
    checkNow: () => service.happen({ type: 'checkAsked' }),
    handlers,
    close: service.close,
  }
}
