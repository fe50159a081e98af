import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { _electron } from 'playwright-core'
import type { RunningApplication } from '../../host/launch.ts'
import { isInstalled } from '../../scripts/electron-binary.ts'
import { root } from '../../scripts/run.ts'
import { ownDesktop } from '../fixtures/scheme.ts'

/** The very specs on Electron itself, where its binary is. */
export const launchInElectron = async (options: {
  binary: string
  userData: string
  args: string[]
  env: NodeJS.ProcessEnv
}): Promise<RunningApplication> => {
  const { binary, userData, args } = options
  const env = Object.fromEntries(
    Object.entries({
      ...process.env,
      ...ownDesktop(userData),
      ...options.env,
      ATELIER_USER_DATA: userData,
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  // An installed one knows what it is.
  const entry = isInstalled ? [] : [root]
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const electron = await _electron.launch({
    executablePath: binary,
    args: [...asRoot, ...entry, ...args],
    // Playwright adds --no-sandbox by itself otherwise, and the application would run as one that has none.
    chromiumSandbox: asRoot.length === 0,
    env,
  })
  await electron.evaluate(({ shell }) => {
    const urls: string[] = []
    Object.assign(globalThis, { openedUrls: urls })
    shell.openExternal = async (url: string) => void urls.push(url)
    shell.showItemInFolder = (path: string) => void urls.push(path)
  })
  await electron.evaluate(({ dialog }) => {
    const asked: unknown[] = []
    const answers: number[] = []
    Object.assign(globalThis, { asked, answers })
    dialog.showMessageBox = async (...given: unknown[]) => {
      const { cancelId = 0, signal, ...options } = given.at(-1) as Electron.MessageBoxOptions
      asked.push(options)
      while (signal && !signal.aborted && answers.length === 0)
        await new Promise((done) => setTimeout(done, 50))
      return { response: answers.shift() ?? cancelId, checkboxChecked: false }
    }
  })
  const ended = once(electron.process(), 'exit')
  const onWindow = (work: 'crash' | 'unresponsive' | 'responsive' | 'endSession') =>
    electron.evaluate(({ BrowserWindow }, asked) => {
      const [window] = BrowserWindow.getAllWindows()
      if (asked === 'crash') window?.webContents.forcefullyCrashRenderer()
      else if (asked === 'endSession') {
        const reasons = ['shutdown']
        window?.emit('query-session-end', { preventDefault: () => {}, reasons })
        window?.emit('session-end', {})
        setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1_000)
      } else window?.emit(asked)
    }, work)
  const page = await electron.firstWindow()
  return {
    page,
    endpoint: '',
    ended,
    openedUrls: () =>
      electron.evaluate(() => (globalThis as unknown as { openedUrls: string[] }).openedUrls),
    launchAgain: async (more) => {
      await once(
        spawn(binary, [...asRoot, ...entry, ...more], { cwd: root, env, stdio: 'ignore' }),
        'exit',
      )
    },
    chooseFolder: (path) =>
      electron.evaluate(({ dialog }, chosen) => {
        dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] })
      }, path),
    quit: () => electron.close(),
    closeWindow: () =>
      electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()),
    crashPage: () => onWindow('crash'),
    breakMain: () =>
      electron.evaluate(() => {
        setImmediate(() => {
          throw new Error('a fault that a spec made')
        })
      }),
    hang: () => onWindow('unresponsive'),
    answerAgain: () => onWindow('responsive'),
    // Playwright has done with a page that crashed once.
    shownText: () =>
      electron.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
          'document.body.textContent',
        ),
      ),
    answer: (button) =>
      electron.evaluate((_, chosen) => {
        ;(globalThis as unknown as { answers: number[] }).answers.push(chosen)
      }, button),
    questions: () =>
      electron.evaluate(
        () => (globalThis as unknown as { asked: { message: string; buttons: string[] }[] }).asked,
      ),
    sleep: () => electron.evaluate(({ powerMonitor }) => void powerMonitor.emit('suspend')),
    wake: () => electron.evaluate(({ powerMonitor }) => void powerMonitor.emit('resume')),
    endSession: () => onWindow('endSession'),
    shutDown: () =>
      electron.evaluate(({ powerMonitor }) => {
        powerMonitor.emit('shutdown', { preventDefault: () => {} })
      }),
    kill: async () => {
      electron.process().kill('SIGKILL')
      await ended
    },
    play: async (name) => {
      throw new Error(`Nobody can play '${name}' on a real desktop.`)
    },
    windows: () => electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length),
    // One that is there by now has said so before anybody listened.
    nextWindow: async () =>
      electron.windows().find((each) => each !== page && !each.isClosed()) ??
      electron.waitForEvent('window'),
  }
}
