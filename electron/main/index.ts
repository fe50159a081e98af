import { hiddenArgument } from '../../src/presence/arguments.ts'
import { dataFolderMode, ownFolder } from '../disk/private.ts'
import { openSettings } from './connection/settings.ts'
import { openCore } from './core.ts'
import { openFront } from './front.ts'
import { openLog } from './log/index.ts'
import { disownAppImage } from './own-app-image.ts'
import { openRecovery, startCrashReporter } from './recovery/index.ts'
import * as application from './shell/application.ts'
import { Closing } from './shell/closing.ts'
import { localPlaces, placeSessionData } from './shell/data-folders.ts'
import { Events, toPage } from './shell/events.ts'
import { runAsOnly } from './shell/instance.ts'
import { serveRequests } from './shell/ipc.ts'
import { LastWords } from './shell/last-words.ts'
import { Launches } from './shell/launches.ts'
import { Lifetime } from './shell/lifetime.ts'
import { MainWindow } from './shell/main-window.ts'
import { followPageEnd } from './shell/page-end.ts'
import { appOrigin, declareSchemes } from './shell/protocols.ts'
import { StartupMarks } from './shell/startup-marks.ts'
import * as shell from './shell/window.ts'
import { openUpdates } from './updates/index.ts'

// The composition root: constructs, wires, starts. What a module is given calls it back later, so it may name what is
// made further down; nothing of that is called before it is there.
const marks = new StartupMarks()
marks.mark('main')
disownAppImage()
application.placeUserData()
placeSessionData()
startCrashReporter()
declareSchemes()
const lifetime = new Lifetime()
const links = application.linkQueue(lifetime.isMet)
const launches = new Launches()
runAsOnly({
  run: () => {
    links.pushArguments(process.argv)
    return run()
  },
  onSecond: (argv) => {
    if (lifetime.isMet(argv)) launches.came(argv)
  },
})

async function run(): Promise<void> {
  const folder = application.userData()
  await ownFolder(folder, dataFolderMode)
  marks.close(folder)
  const log = openLog(application.logPlace())
  const places = await localPlaces(folder)
  await ownFolder(places.accounts)
  const settings = await openSettings(folder)
  const closing = new Closing()
  const events = new Events()
  const { emit, tellFailure } = events

  const lastWords = new LastWords(() => emit('app.leaving', undefined))
  const window: MainWindow = new MainWindow(() =>
    shell.createWindow({
      ask: () => lastWords.said(),
      mayClose: (made) => presence.mayClose(made),
      hasDeveloperTools: recovery.hasDeveloperTools,
      followers: [recovery, presence, followPageEnd(() => core.accounts.pageGone())],
    }),
  )
  events.listen(toPage(() => window.current))
  const recovery = openRecovery({
    stores: { ...places, logs: log.folder },
    log,
    window: () => window.current,
    backend: () => core.connection.inWords,
    mutations: () => core.accounts.mutationFigures(),
    keychain: () => core.keychainInWords(),
    live: () => core.accounts.liveInWords(),
    broke: tellFailure,
    settings,
  })
  const workers = {
    cache: new URL('cache-worker.js', import.meta.url),
    folders: new URL('folder-store-worker.js', import.meta.url),
    scanner: new URL('folder-scanner-worker.js', import.meta.url),
  }
  const shared = { folder, places, settings, events, window, marks }
  const core = openCore({ ...shared, workers, closing, pushLink: links.push })
  const { backend, session, network } = core

  await application.whenReady()
  marks.mark('ready')
  const { presence, handlers } = await openFront({ ...shared, core, recovery, lastWords })
  // Behind what it announces by: its clock ticks from here on.
  const updates = await openUpdates({
    folder,
    running: application.running(),
    changed: (state) => emit('updates.changed', state),
    announced: ({ version }) => presence.announceUpdate(version),
    openPage: shell.openExternal,
    login: network.login,
    saveAll: () => lastWords.said(),
    closeAll: (copy) => backend.hold(() => core.close({ copy, isUpdate: true })),
    openAgain: () => backend.openAgain(),
    hasDatabase: core.hasDatabase,
    quit: application.quit,
    startAgain: lifetime.startAgain,
    leaveWith: lifetime.leaveWith,
  })
  events.listen(updates.hear)
  serveRequests({ ...core.handlers, ...handlers, ...updates.handlers }, appOrigin)
  lifetime.watch({
    activate: () => window.show(),
    allClosed: () => window.allClosed(),
    stays: () => presence.staysWithoutWindow,
    closeWindow: () => {
      presence.leave()
      window.leave()
      return shell.closeWindow(window.current)
    },
    closing,
    quit: async () => {
      updates.close()
      await core.close({ copy: false, isUpdate: false })
    },
  })
  recovery.watchPower(core)
  presence.start(process.argv)
  marks.mark('window')
  if (settings.putAside) shell.tellPutAside(window.current, settings.putAside)
  // A disk or a server that fails here is told in the window; it does not end the application.
  void backend.connect().catch(tellFailure)
  launches.listen((argv) => {
    links.pushArguments(argv)
    // A login begins one more where its person was quicker.
    if (!argv.includes(hiddenArgument)) window.show()
    presence.arrive(argv)
  })
  links.listen((arrival) => {
    window.show()
    void backend
      .over()
      .then(() => session.arrive(arrival))
      .catch(tellFailure)
  })
}
