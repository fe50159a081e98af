import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ChosenBackend } from './connection/chosen-backend.ts'
import { Connection } from './connection/connection.ts'
import type { openSettings } from './connection/settings.ts'
import { openLinks } from './links/index.ts'
import { openNetwork } from './network/index.ts'
import { CurrentSession } from './session/current-session.ts'
import { sessionHandlers } from './session/handlers.ts'
import { openKeychain } from './session/keychain.ts'
import { openKnownAccount } from './session/known-account.ts'
import { masterKey } from './session/master-key.ts'
import * as application from './shell/application.ts'
import { startBackendProcess } from './shell/backend-process.ts'
import type { Closing } from './shell/closing.ts'
import type { Events } from './shell/events.ts'
import type { MainWindow } from './shell/main-window.ts'
import { isPreview } from './shell/previews.ts'
import { appOrigin } from './shell/protocols.ts'
import { shutDown } from './shell/shutdown.ts'
import type { StartupMarks } from './shell/startup-marks.ts'
import * as shell from './shell/window.ts'
import { Accounts } from './sync/accounts.ts'
import { openArtifactService } from './sync/index.ts'
import { transferHandlers } from './sync/transfer-handlers.ts'

/** The built workers: the cache's database, the links' database, the scanner of linked folders. */
export type Workers = { cache: URL; folders: URL; scanner: URL }

/**
 * The half of the composition that goes on without a window: the way out, the backend, the session, and what an account
 * has open. What a module is given here calls it back later, so it may name what is made further down.
 */
export const openCore = (options: {
  folder: string
  places: { backend: string; accounts: string }
  workers: Workers
  settings: Awaited<ReturnType<typeof openSettings>>
  events: Events
  window: MainWindow
  closing: Closing
  marks: StartupMarks
  /** Where links that come back from a browser go. */
  pushLink: (link: string) => void
}) => {
  const { folder, places, workers, settings, events, window, closing, marks } = options
  const { emit, tellFailure } = events
  const isDemo = process.argv.includes('--demo')
  const hasDatabase = (): boolean => existsSync(join(places.backend, 'postgres/PG_VERSION'))
  const knownAccount = openKnownAccount(join(folder, 'account.json'))
  const keychain = openKeychain(folder, (state) => emit('session.keychainChanged', state))
  const { vault } = keychain

  const network = openNetwork({
    store: vault,
    certificates: () => settings.get().certificates,
    keepCertificates: (certificates) => settings.update({ certificates }),
    isHostile: isPreview,
    server: () => settings.get().server,
    changed: (state) => emit('network.changed', state),
    answered: () => backend.retryQuietly(),
  })
  const connection = new Connection({
    startEmbedded: (secret) =>
      startBackendProcess({ folder: places.backend, demo: isDemo, origin: appOrigin }, secret),
    hasDatabase,
    masterKey: (of) => masterKey(vault, of),
    fetch: network.fetch,
    isKnown: (url) => settings.get().server === url,
    changed: (state) => {
      emit('backend.changed', state)
      if (state.status === 'failed') session.disconnected()
    },
    mail: (code) => emit('app.mail', { code }),
  })
  const links = openLinks({
    scheme: application.scheme,
    platform: process.platform,
    push: options.pushLink,
    allow: (port) => connection.allowCallback(port),
  })
  const session = new CurrentSession({
    vault,
    knownAccount,
    fetch: connection.guard(network.fetch),
    openBrowser: shell.openSignInPage,
    wayBack: links.wayBack,
    changed: (state, server, manager) => {
      if (state.status === 'active') connection.hasAccounts()
      // The person's things are open before the renderer hears that the person is here.
      void accounts.follow(manager, server, () => emit('session.changed', state))
    },
  })
  const accounts = new Accounts({
    folder: places.accounts,
    failed: tellFailure,
    open: (place) =>
      openArtifactService({
        ...place,
        workers,
        chooseFolder: (purpose) => shell.chooseFolder(window.current, purpose),
        chooseToAdd: (what) => shell.chooseToAdd(window.current, what),
        sample: application.sampleFolder(),
        revealFolder: shell.revealFolder,
        fetch: connection.guard(network.transport),
        accessToken: (refused) => session.accessTokenOf(place.accountId, refused),
        ahead: () => session.ahead,
        emit,
        deviceName: application.deviceName(),
        transfers: settings.get().transfers,
      }),
  })
  const backend = new ChosenBackend({
    settings,
    isDemo,
    connection,
    session: {
      open: async (server, isConnected) => {
        await session.open(server, isConnected)
        await accounts.settled()
        marks.mark('session')
      },
      reconnect: () => session.reconnect(),
    },
    known: knownAccount.read,
    confirmOther: (servers) => shell.confirmServer(window.current, servers),
    reloadPage: () => void shell.reload(window.current),
    askAgain: network.askAgain,
    ping: () => accounts.ping(),
    end: async () => {
      session.end()
      await closing.part('sync', accounts.close())
    },
    emit,
  })
  const transfers = transferHandlers({ settings, apply: accounts.setTransfers })

  return {
    network,
    connection,
    links,
    keychainInWords: (): string =>
      session.opened()?.manager.isInMemory ? 'not used, by choice' : keychain.inWords(),
    session,
    accounts,
    backend,
    hasDatabase,
    handlers: {
      ...backend.handlers,
      ...sessionHandlers({
        session,
        here: () => connection.own(),
        ready: () => connection.ready(),
        codeFor: (address, ask) => connection.codeFor(address, ask),
        hasAccounts: (localAccount) => connection.hasAccounts(localAccount),
        followed: accounts.over,
        keychain: keychain.state,
        removeLocalCopies: () => accounts.removeLocalCopies(),
        forgetPages: shell.forgetPages,
        tellOf: tellFailure,
      }),
      ...accounts.handlers,
      ...transfers,
      ...network.handlers,
    },
    /** `copy`: with one of the embedded database. @throws disk.unreadable where an update finds a disk that is away */
    close: (how: { copy: boolean; isUpdate: boolean }): Promise<void> =>
      shutDown({ session, accounts, connection, settings }, closing, how),
    /** The computer goes to sleep: as by the person’s own pause, which stays as they left it. */
    asleep: () => accounts.setTransfers({ ...settings.get().transfers, paused: true }),
    awake: async (): Promise<void> => {
      await accounts.setTransfers(settings.get().transfers)
      session.reconnect()
      await accounts.ping()
    },
  }
}
