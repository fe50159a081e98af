import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { chromium, type Page } from 'playwright-core'

const root = resolve(import.meta.dirname, '../..')

/** A running application as a spec sees it; the same shape on Electron and in the host. */
export type RunningApplication = {
  page: Page
  /** Where its Chromium can be attached to. */
  endpoint: string
  /** Settles when the application has ended. */
  ended: Promise<unknown>
  /** What the application asked the system to open, oldest first. */
  openedUrls(): Promise<string[]>
  /** A second launch over the same data, as the system does for a link. */
  launchAgain(args: string[]): Promise<void>
  /** What the person will choose when the system asks for a folder. */
  chooseFolder(path: string): Promise<void>
  quit(): Promise<void>
  kill(): Promise<void>
}

const start = (userData: string, args: string[], environment: NodeJS.ProcessEnv): ChildProcess =>
  spawn(
    join(root, 'node_modules/.bin/node'),
    ['--import', join(root, 'tests/host/register.ts'), join(root, 'tests/host/main.ts'), ...args],
    {
      cwd: root,
      env: { ...process.env, ...environment, ATELIER_USER_DATA: userData },
      stdio: ['ignore', process.env.ATELIER_HOST_LOG ? 'inherit' : 'ignore', 'inherit'],
    },
  )

const endpointOf = async (userData: string, child: ChildProcess): Promise<string> => {
  for (let tries = 0; tries < 300; tries += 1) {
    const text = await readFile(join(userData, 'host.json'), 'utf8').catch(() => null)
    if (text) return JSON.parse(text).endpoint
    if (child.exitCode !== null) throw new Error(`The application ended with ${child.exitCode}.`)
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error('The application opened no window.')
}

/** Until the page shows the application; `waitForURL` would fail on a navigation that another one cuts short. */
const opened = async (page: Page): Promise<void> => {
  for (let tries = 0; !page.url().includes('app.electron.test'); tries += 1) {
    if (tries === 600) throw new Error(`The window shows ${page.url()}.`)
    await new Promise((done) => setTimeout(done, 50))
  }
  await page.waitForLoadState()
}

export const launchInHost = async (options: {
  userData: string
  args?: string[]
  env?: NodeJS.ProcessEnv
}): Promise<RunningApplication> => {
  const { userData, args = [], env = {} } = options
  await mkdir(userData, { recursive: true })
  await rm(join(userData, 'host.json'), { force: true })
  const child = start(userData, args, env)
  const endpoint = await endpointOf(userData, child)
  const browser = await chromium.connectOverCDP(endpoint)
  const context = browser.contexts()[0]
  if (!context) throw new Error('Chromium has no context.')
  const page = context.pages()[0] ?? (await context.waitForEvent('page'))
  await opened(page)
  const ended = once(child, 'exit')
  return {
    page,
    endpoint,
    ended,
    openedUrls: async () =>
      (await readFile(join(userData, 'host-opened.txt'), 'utf8').catch(() => ''))
        .split('\n')
        .filter(Boolean),
    launchAgain: async (more) => {
      await once(start(userData, more, env), 'exit')
    },
    chooseFolder: (path) => writeFile(join(userData, 'host-chooses.txt'), path),
    quit: async () => {
      child.kill('SIGTERM')
      await ended
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
      await browser.close().catch(() => {})
    },
  }
}
