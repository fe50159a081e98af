import { join } from 'node:path'
import type { LanguageChoice } from '../../src/contract/app.ts'
import { speak } from '../words/index.ts'
import type { openSettings } from './connection/settings.ts'
import type { openCore } from './core.ts'
import { Presence } from './presence/index.ts'
import { previewUrl, withoutScripts } from './preview/preview.ts'
import type { openRecovery } from './recovery/index.ts'
import { appHandlers } from './shell/app-handlers.ts'
import * as application from './shell/application.ts'
import type { Events } from './shell/events.ts'
import type { LastWords } from './shell/last-words.ts'
import type { MainWindow } from './shell/main-window.ts'
import { denyPermissions } from './shell/permissions.ts'
import { closePreviewSession, openPreviews, previewHandlers } from './shell/previews.ts'
import { serveApp, serveArtifacts } from './shell/protocols.ts'
import type { StartupMarks } from './shell/startup-marks.ts'
import { paintTitleBar } from './shell/title-bar.ts'
import { guardContents } from './shell/window.ts'

/** The half of the composition that shows: what is on the desktop, and what a page is served. Once Electron is ready. */
export const openFront = async (options: {
  folder: string
  core: ReturnType<typeof openCore>
  recovery: ReturnType<typeof openRecovery>
  settings: Awaited<ReturnType<typeof openSettings>>
  events: Events
  window: MainWindow
  lastWords: LastWords
  marks: StartupMarks
}) => {
  const { core, recovery, settings, events, window, ...others } = options
  const { emit } = events
  let spoken = speak(settings.get().language, application.preferredLanguages())
  const language = {
    get current() {
      return spoken
    },
    choose: async (choice: LanguageChoice) => {
      await settings.update({ language: choice })
      spoken = speak(choice, application.preferredLanguages())
      presence.showAnew()
      return spoken
    },
  }
  const presence = new Presence({
    windows: window,
    settings,
    send: emit,
    zoomed: paintTitleBar,
    ask: core.handlers,
    hasDeveloperTools: recovery.hasDeveloperTools,
  })
  events.listen((name, payload) => presence.hear(name, payload))
  application.setTheme(settings.get().theme)
  denyPermissions()
  guardContents()
  void core.links.claim()

  serveApp(join(import.meta.dirname, '../renderer'), () => settings.get().server)
  serveArtifacts(core.accounts.preview('picture'))
  const sandbox = application.sandbox()
  const page = core.accounts.preview('page')
  await closePreviewSession(sandbox === 'on' ? page : withoutScripts(page))
  const previews = openPreviews({
    window: () => window.current,
    runsScripts: sandbox === 'on',
    left: (viewId) => emit('preview.left', { viewId }),
    gone: (view) => emit('preview.gone', view),
    act: (command) => presence.act(command),
  })

  return {
    presence,
    handlers: {
      ...appHandlers({ ...others, window, settings, language, sandbox }),
      ...previewHandlers(previews, previewUrl),
      ...recovery.handlers,
      ...presence.handlers,
    },
  }
}
