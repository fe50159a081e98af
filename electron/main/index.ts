import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventName, EventPayload } from '../../src/contract/table.ts'
import { asFailure, Failure } from '../../src/domain/failure.ts'
import { localAddress } from '../../src/domain/local-address.ts'
import { hiddenArgument } from '../../src/presence/arguments.ts'
import { closeFile, dataFolderMode, ownFolder } from '../disk/private.ts'
import { log } from '../log/log.ts'
import { Connection } from './connection/connection.ts'
import { openSettings } from './connection/settings.ts'
import { openTurns } from './connection/turns.ts'
import { openLinks } from './links/index.ts'
import { openLog } from './log/index.ts'
import { openNetwork } from './network/index.ts'
import { disownAppImage } from './own-app-image.ts'
import { Presence } from './presence/index.ts'
import { previewUrl, withoutScripts } from './preview/preview.ts'
import { openRecovery, startCrashReporter } from './recovery/index.ts'
import { openAuthServer } from './session/auth-server.ts'
import { openKnownAccount } from './session/known-account.ts'
import { masterKey } from './session/master-key.ts'
import { type OpenedSession, sessionRequests } from './session/requests.ts'
import { SessionManager } from './session/session.ts'
import { keychainVault } from './session/vault.ts'
import * as application from './shell/application.ts'
import { startBackendProcess } from './shell/backend-process.ts'
import { Closing } from './shell/closing.ts'
import { localPlaces, placeSessionData } from './shell/data-folders.ts'
import { runAsOnly } from './shell/instance.ts'
import { eventSender, type Handlers, serveRequests } from './shell/ipc.ts'
import { LastWords } from './shell/last-words.ts'
import { MainWindow } from './shell/main-window.ts'
import { denyPermissions } from './shell/permissions.ts'
import { closePreviewSession, isPreview, openPreviews } from './shell/previews.ts'
import { appOrigin, declareSchemes, serveApp, serveArtifacts } from './shell/protocols.ts'
import { paintTitleBar } from './shell/title-bar.ts'
import {
  chooseFolder,
  chooseToAdd,
  closeWindow,
  confirmServer,
  createWindow,
  forgetPages,
  guardContents,
  openExternal,
  openSignInPage,
  reload,
  revealFolder,
  tellPutAside,
} from './shell/window.ts'
import { openCurrent } from './sync/account-services.ts'
import { type ArtifactService, forwardedToService, openArtifactService } from './sync/index.ts'
import { openUpdates } from './updates/index.ts'

// The composition root: constructs, wires, starts.
const marks: Record<string, number> = {}
const mark = (name: string): void => {
  marks[name] ??= Math.round(process.uptime() * 1000)
}
mark('main')

disownAppImage()
application.placeUserData()
placeSessionData()
startCrashReporter()
declareSchemes()
const isMet = (argv: readonly string[]): boolean => leaving?.isMet(argv) ?? true
const links = application.linkQueue(isMet)
const lastWords = new LastWords(() => emit('app.leaving', undefined))
const window = new MainWindow(() => {
  const made = createWindow({
    ask: () => lastWords.said(),
    ...recovery,
    mayClose: async (closing) => {
      const may = (await presence?.mayClose(closing)) ?? true
      if (may) window.closes()
      return may
    },
  })
  presence?.follow(made)
  return made
})
const send = eventSender(() => window.current)
let recovery: ReturnType<typeof openRecovery>
let presence: Presence | null = null
let leaving: ReturnType<typeof application.watchSystem> | null = null
const emit: typeof send = (name, payload) => {
  presence?.hear(name, payload)
  send(name, payload)
}

runAsOnly({
  run: () => {
    links.pushArguments(process.argv)
    return run()
  },
  onSecond: (argv) => {
    if (!isMet(argv)) return
    links.pushArguments(argv)
    // A login begins one more where its person was quicker.
    if (!argv.includes(hiddenArgument)) window.show()
    presence?.arrive(argv)
  },
})

type Server = { id: string; url: string; publishableKey: string }

async function run(): Promise<void> {
  const folder = application.userData()
  await ownFolder(folder, dataFolderMode)
  const logFile = openLog(application.logPlace())
  const places = await localPlaces(folder)
  await ownFolder(places.accounts)
  const settings = await openSettings(folder)
  const demo = process.argv.includes('--demo')
  let keychain = { isWaiting: false }
  const vault = keychainVault(folder, (isWaiting) => {
    keychain = { isWaiting }
    emit('session.keychainChanged', keychain)
  })
  const network = openNetwork({
    store: vault,
    certificates: () => settings.get().certificates,
    keepCertificates: (certificates) => settings.update({ certificates }),
    isHostile: isPreview,
    server: () => settings.get().server,
    changed: (state) => tell('network.changed', state),
    answered: () => void retry().catch(() => {}),
  })
  recovery = openRecovery({
    stores: { ...places, logs: logFile.folder },
    ...{ log: logFile, window: () => window.current },
    backend: () => connection.inWords,
    broke: (error) => tellFailure(error),
    developerTools: {
      get: () => settings.get().developerTools,
      set: (developerTools) => settings.update({ developerTools }),
    },
  })
  let session: OpenedSession | null = null
  const artifacts = openCurrent<ArtifactService>()
  let cannotOpen: Failure | null = null

  const hasDatabase = (): boolean => existsSync(join(places.backend, 'postgres/PG_VERSION'))
  const connection = new Connection({
    startEmbedded: (secret) =>
      startBackendProcess({ folder: places.backend, demo, origin: appOrigin }, secret),
    hasDatabase,
    masterKey: (backend) => masterKey(vault, backend),
    fetch: network.fetch,
    isKnown: (url) => settings.get().server === url,
    changed: (state) => {
      emit('backend.changed', state)
      if (state.status === 'failed') session?.manager.disconnected()
    },
    mail: (code) => emit('app.mail', { code }),
  })

  const waysIn = openLinks({
    ...{ scheme: application.scheme, platform: process.platform, push: links.push },
    allow: (port) => connection.allowCallback(port),
  })

  const ready = () => {
    const { state } = connection
    if (state.status !== 'ready')
      throw new Failure('server.unavailable', 'No backend is connected.')
    return state
  }
  /** The embedded backend, and the address of whoever needs none there. */
  const here = () => {
    const state = ready()
    if (state.kind !== 'embedded')
      throw new Failure('server.denied', 'Only this computer’s own backend knows its person.')
    return { ...state, address: localAddress(state.id) }
  }
  const person = (): SessionManager => {
    if (!session) throw new Failure('server.unavailable', 'No backend is connected.')
    return session.manager
  }
  const tell = <E extends EventName>(event: E, payload: EventPayload<E>): void => {
    updates.hear(event, payload)
    emit(event, payload)
  }
  const tellFailure = (error: unknown): void => {
    log('app').warn('The person was told of a failure', error)
    emit('app.failure', failureOf(error))
  }

  /** The artifacts of whoever is known, in a folder of that person on that server. */
  const followPerson = async (manager: SessionManager, server: Server) => {
    const { account, state } = manager
    cannotOpen = null
    if (!account) return artifacts.become(null)
    const place = createHash('sha256').update(server.id).digest('hex').slice(0, 16)
    await artifacts.become({
      key: `${server.id} ${server.url} ${server.publishableKey} ${account.id}`,
      open: () =>
        openArtifactService({
          folder: join(places.accounts, place, account.id),
          workers: {
            cache: new URL('cache-worker.js', import.meta.url),
            folders: new URL('folder-store-worker.js', import.meta.url),
            scanner: new URL('folder-scanner-worker.js', import.meta.url),
          },
          chooseFolder: (purpose) => chooseFolder(window.current, purpose),
          chooseToAdd: (what) => chooseToAdd(window.current, what),
          sample: application.sampleFolder(),
          revealFolder,
          server,
          accountId: account.id,
          fetch: connection.guard(network.transport),
          // Whichever is the session now, as a backend that was started again has a new one; of this account alone: what
          // waits here must not go out in the name of who signs in while it is being closed.
          accessToken: async (refused) =>
            session?.manager.accessTokenOf(account.id, refused) ?? null,
          emit: tell,
          deviceName: application.deviceName(),
          transfers: settings.get().transfers,
        }),
    })
    artifacts.service?.setOnline(state.status === 'active')
  }

  const openSession = async (server: Server, isConnected = true): Promise<void> => {
    session?.manager.close()
    const auth = openAuthServer({ ...server, fetch: connection.guard(network.fetch) })
    const manager: SessionManager = new SessionManager({
      server: { id: server.id, url: server.url, auth },
      vault,
      knownAccount: openKnownAccount(join(folder, 'account.json')),
      openBrowser: openSignInPage,
      wayBack: waysIn.wayBack,
      changed: (state) => {
        if (state.status === 'active') connection.hasAccounts()
        // The person's things are open before the renderer hears that the person is here.
        void artifacts.turn(async () => {
          await followPerson(manager, server).catch((error: unknown) => {
            cannotOpen = asFailure(error)
            tellFailure(error)
          })
          tell('session.changed', state)
        })
      },
    })
    session = { manager, auth }
    if (!isConnected) manager.disconnected()
    await manager.start()
    await artifacts.settled()
    mark('session')
  }

  /** The window's policy allows one server; a window that was served for another is loaded again. */
  const nameServer = async (url: string): Promise<void> => {
    if (settings.get().server === url) return
    await settings.update({ server: url })
    void reload(window.current)
  }

  const connect = async (): Promise<void> => {
    // Who asks for the demo has said where: it fills the backend of this computer.
    if (!settings.get().backend && demo) await settings.update({ backend: { kind: 'embedded' } })
    const choice = settings.get().backend
    if (!choice) return
    const state = await connection.open(choice)
    if (state.status === 'ready') {
      await nameServer(state.url)
      await openSession(state)
    }
    // The embedded backend is down: whoever was here before still has their things.
    else if (state.status === 'failed') await openKnownOffline()
  }

  /** With no backend at all, the last person's cache stays open. */
  const openKnownOffline = async (): Promise<void> => {
    const known = await openKnownAccount(join(folder, 'account.json')).read()
    if (known)
      await openSession({ id: known.server, url: known.url, publishableKey: 'none' }, false)
  }

  const turns = openTurns()

  const retry = async (): Promise<void> => {
    await turns.take(async () => {
      if (connection.state.status === 'ready') session?.manager.reconnect()
      else await connect()
    })
    await artifacts.service?.knock()
  }
  const closing = new Closing()
  const closeAll = async ({ copy, isUpdate }: Record<'copy' | 'isUpdate', boolean>) => {
    session?.manager.close()
    const isClosed = await closing.part('sync', artifacts.close())
    // Quitting ends all the same. An update would begin another version over what is still at the folders.
    if (isUpdate && !isClosed)
      throw new Failure('disk.unreadable', 'A disk does not answer, so sync could not be closed.')
    // A copy takes its time; whoever asked for it hears whether there is one.
    if (copy) await connection.close(true)
    else await closing.part('backend', connection.close())
    await closing.part('settings', settings.written())
  }
  const updates = await openUpdates({
    folder,
    running: application.running(),
    changed: (state) => emit('updates.changed', state),
    announced: ({ version }) => presence?.announceUpdate(version),
    openPage: openExternal,
    login: network.login,
    saveAll: () => lastWords.said(),
    closeAll: (copy) => turns.hold(() => closeAll({ copy, isUpdate: true })),
    openAgain: () => turns.release(connect),
    hasDatabase,
    quit: application.quit,
    startAgain: () => leaving?.startAgain(),
    leaveWith: async (end, how) => leaving?.leaveWith(end, how),
  })

  await application.whenReady()
  mark('ready')
  const desktop = new Presence({
    windows: window,
    settings,
    send,
    zoomed: paintTitleBar,
    ask: () => handlers,
    ...recovery,
  })
  presence = desktop
  application.setTheme(settings.get().theme)
  denyPermissions()
  guardContents()
  void waysIn.claim()
  serveApp(join(import.meta.dirname, '../renderer'), () => settings.get().server)
  const artifactFile =
    (place: 'page' | 'picture') =>
    async (request: Request): Promise<Response> =>
      artifacts.service?.preview(request, place) ?? new Response(null, { status: 403 })
  serveArtifacts(artifactFile('picture'))
  const sandbox = application.sandbox()
  await closePreviewSession(
    sandbox === 'on' ? artifactFile('page') : withoutScripts(artifactFile('page')),
  )
  const previews = openPreviews({
    window: () => window.current,
    runsScripts: sandbox === 'on',
    left: (viewId) => emit('preview.left', { viewId }),
    gone: (view) => emit('preview.gone', view),
    act: (command) => desktop.act(command),
  })

  const handlers: Handlers = serveRequests(
    {
      'app.info': async () => ({
        version: application.version(),
        platform: process.platform as 'darwin' | 'win32' | 'linux',
        theme: settings.get().theme,
        personName: application.personName(),
        sandbox,
      }),
      'app.setTheme': async ({ theme }) => {
        await settings.update({ theme })
        application.setTheme(theme)
      },
      'app.openExternal': async ({ url }) => openExternal(url),
      'app.reload': async () => reload(window.current),
      'app.mark': async ({ name }) => {
        mark(name)
        const file = join(folder, 'startup.json')
        closeFile(file)
        await writeFile(file, JSON.stringify(marks), { mode: 0o600 })
        return marks
      },
      'app.saidAll': async () => lastWords.heard(),
      'backend.state': async () => connection.state,
      'backend.choose': async (choice) => {
        const before = settings.get().server
        // Whatever runs in the page cannot answer the system's own question.
        const isOther = choice.kind === 'hosted' && before !== null && before !== choice.url
        if (isOther && !(await confirmServer(window.current, { before, after: choice.url })))
          return connection.state
        await settings.update({ backend: choice })
        await turns.take(connect)
        return connection.state
      },
      'backend.retry': async () => {
        network.askAgain()
        await retry()
        return connection.state
      },
      'backend.forget': async () => {
        await turns.take(async () => {
          session?.manager.close()
          session = null
          await closing.part('sync', artifacts.close())
          await connection.close()
          await settings.update({ backend: null })
          tell('session.changed', { status: 'signedOut', failure: null })
          emit('backend.changed', { status: 'unchosen' })
        })
        return { status: 'unchosen' }
      },
      ...sessionRequests({
        opened: () => session,
        here,
        ready,
        codeFor: (address, ask) => connection.codeFor(address, ask),
        hasAccounts: (localAccount) => connection.hasAccounts(localAccount),
        followed: artifacts.over,
        keychain: () => keychain,
        removeLocalCopies: async () =>
          (await artifacts.service?.removeLocalCopies().then(() => null, failureOf)) ?? null,
        forgetPages,
        tellOf: tellFailure,
      }),
      ...forwardedToService(
        () => artifacts.service,
        () => cannotOpen,
      ),
      ...network.requests,
      ...updates.requests,
      ...recovery.requests,
      'preview.open': async ({ viewId, artifactId, path }) =>
        previews.open(viewId, artifactId, previewUrl(artifactId, path)),
      'preview.place': async ({ viewId, place }) => previews.place(viewId, place),
      'preview.enter': async ({ viewId }) => previews.enter(viewId),
      'preview.close': async ({ viewId }) => previews.close(viewId),
      'transfers.settings': async () => settings.get().transfers,
      'transfers.change': async (change) => {
        const { paused, upLimit, downLimit, keepLimit, metered } = settings.get().transfers
        const transfers = {
          paused: change.paused ?? paused,
          upLimit: change.upLimit === undefined ? upLimit : change.upLimit,
          downLimit: change.downLimit === undefined ? downLimit : change.downLimit,
          keepLimit: change.keepLimit === undefined ? keepLimit : change.keepLimit,
          metered: change.metered ?? metered,
        }
        await settings.update({ transfers })
        await artifacts.service?.setTransfers(transfers)
        return transfers
      },
      ...desktop.requests,
    },
    appOrigin,
  )

  leaving = application.watchSystem({
    activate: () => window.show(),
    allClosed: () => window.allClosed(),
    stays: () => desktop.staysWithoutWindow,
    closeWindow: () => {
      desktop.leave()
      window.leave()
      return closeWindow(window.current)
    },
    closing,
    quit: async () => {
      updates.close()
      await closeAll({ copy: false, isUpdate: false })
    },
  })
  recovery.watchPower({
    asleep: async () =>
      artifacts.service?.setTransfers({ ...settings.get().transfers, paused: true }),
    awake: async () => {
      await artifacts.service?.setTransfers(settings.get().transfers)
      session?.manager.reconnect()
      await artifacts.service?.knock()
    },
  })
  desktop.start(process.argv)
  mark('window')
  if (settings.putAside) tellPutAside(window.current, settings.putAside)
  // A disk or a server that fails here is told in the window; it does not end the application.
  void turns.take(connect).catch(tellFailure)
  links.listen((arrival) => {
    window.show()
    void turns
      .over()
      .then(async () =>
        arrival.kind === 'link'
          ? person().signIn.openLink(arrival.link)
          : person().signIn.refuseLink('link.ambiguous'),
      )
      .catch(tellFailure)
  })
}

function failureOf(error: unknown): EventPayload<'app.failure'> {
  const { code, message } = asFailure(error)
  return { code, message }
}
