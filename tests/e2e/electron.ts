import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { _electron } from 'playwright-core'
import { root } from '../../scripts/run.ts'
import type { RunningApplication } from '../host/launch.ts'

/** The very specs on Electron itself, where its binary is. */
export const launchInElectron = async (options: {
  binary: string
  userData: string
  args: string[]
  env: NodeJS.ProcessEnv
}): Promise<RunningApplication> => {
  const { binary, userData, args } = options
  const env = Object.fromEntries(
    Object.entries({ ...process.env, ...options.env, ATELIER_USER_DATA: userData }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const electron = await _electron.launch({
    executablePath: binary,
    args: [...asRoot, root, ...args],
    env,
  })
  await electron.evaluate(({ shell }) => {
    const urls: string[] = []
    Object.assign(globalThis, { openedUrls: urls })
    shell.openExternal = async (url: string) => void urls.push(url)
    shell.showItemInFolder = (path: string) => void urls.push(path)
  })
  const ended = once(electron.process(), 'exit')
  return {
    page: await electron.firstWindow(),
    endpoint: '',
    ended,
    openedUrls: () =>
      electron.evaluate(() => (globalThis as unknown as { openedUrls: string[] }).openedUrls),
    launchAgain: async (more) => {
      await once(
        spawn(binary, [...asRoot, root, ...more], { cwd: root, env, stdio: 'ignore' }),
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
    nextWindow: () => electron.waitForEvent('window'),
  }
}
