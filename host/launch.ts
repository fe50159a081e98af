import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { ownDesktop } from '../tests/fixtures/scheme.ts'

const root = resolve(import.meta.dirname, '..')

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
  /** The window's own button for it. */
  closeWindow(): Promise<void>
  /** The window's page dies, as one does that has no memory left. */
  crashPage(): Promise<void>
  /** Something in main throws, and nobody catches it. */
  breakMain(): Promise<void>
  /** Its page stops answering, or answers again, as far as the system sees. */
  hang(): Promise<void>
  answerAgain(): Promise<void>
  /** What the window shows now, of whatever page is in it. */
  shownText(): Promise<string>
  /** What the person answers the system's next question with, by the button's place. */
  answer(button: number): Promise<void>
  /** The system's questions so far. */
  questions(): Promise<{ message: string; buttons: string[] }[]>
  sleep(): Promise<void>
  wake(): Promise<void>
  /** Windows ends the person's session, and us with it. */
  endSession(): Promise<void>
  /** The system goes down and says so. */
  shutDown(): Promise<void>
  kill(): Promise<void>
  /** What the person does on the desktop around the window, or sees there (host); Electron's own has no such hand. */
  play<T>(name: string, argument?: unknown): Promise<T>
  /** How many of its windows are open. */
  windows(): Promise<number>
  /** The page of a window that is there by now, or comes: one was closed, and another opened. */
  nextWindow(): Promise<Page>
}

/** Starts the built application in the host; it tells by a message when its window can be used. */
export const startHost = (
  userData: string,
  args: string[],
  environment: NodeJS.ProcessEnv,
  errors: 'inherit' | 'pipe' = 'inherit',
): ChildProcess =>
  spawn(
    join(root, 'node_modules/.bin/node'),
    ['--import', join(root, 'host/register.ts'), join(root, 'host/main.ts'), ...args],
    {
      cwd: root,
      env: {
        ...process.env,
        // A third of a start is reading what was read for the start before.
        NODE_COMPILE_CACHE: join(root, 'test-output/compiled'),
        ...environment,
        ATELIER_USER_DATA: userData,
      },
      stdio: ['ignore', environment.ATELIER_HOST_LOG ? 'inherit' : 'ignore', errors, 'ipc'],
    },
  )

const endpointOf = async (userData: string, child: ChildProcess): Promise<string> => {
  for (let tries = 0; tries < 300; tries += 1) {
    const text = await readFile(join(userData, 'host.json'), 'utf8').catch(() => null)
    // Another one's, or that of a run before, is not ours to attach to.
    const host = text ? JSON.parse(text) : null
    if (host?.pid === child.pid) return host.endpoint
    if (child.exitCode !== null) throw new Error(`The application ended with ${child.exitCode}.`)
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error('The application opened no window.')
}

/** Until the page shows the application; `waitForURL` would fail on a navigation that another one cuts short. */
const openedPage = async (page: Page): Promise<void> => {
  for (let tries = 0; !page.url().includes('app.electron.test'); tries += 1) {
    if (tries === 600) throw new Error(`The window shows ${page.url()}.`)
    await new Promise((done) => setTimeout(done, 50))
  }
  await page.waitForLoadState()
}

type Start = { userData: string; args?: string[]; env?: NodeJS.ProcessEnv }
type Begun = Pick<
  RunningApplication,
  'ended' | 'launchAgain' | 'quit' | 'play' | 'answer' | 'windows'
> & {
  /** Once it has a window. */
  opened(): Promise<RunningApplication>
}

/** A start that may open no window, as at a login. */
export const beginInHost = async ({ userData, args = [], env = {} }: Start): Promise<Begun> => {
  await mkdir(userData, { recursive: true })
  const attached = {
    ATELIER_HOST_ATTACH: '1',
    ATELIER_HOST_LOG: process.env.ATELIER_HOST_LOG,
    ...ownDesktop(userData),
    ...env,
  }
  const child = startHost(userData, args, attached)
  const ended = once(child, 'exit')
  let plays = 0
  const play = <T>(name: string, argument?: unknown): Promise<T> =>
    new Promise((done, refuse) => {
      plays += 1
      const id = plays
      const hear = (message: { type: string; id: number; value: unknown; error?: string }) => {
        if (message.type !== 'played' || message.id !== id) return
        child.off('message', hear)
        if (message.error) refuse(new Error(message.error))
        else done(message.value as T)
      }
      child.on('message', hear)
      child.send({ type: 'play', id, name, argument })
    })
  const begun: Omit<Begun, 'opened'> = {
    ended,
    launchAgain: async (more) => {
      await once(startHost(userData, more, attached), 'exit')
    },
    quit: async () => {
      child.kill('SIGTERM')
      await ended
    },
    answer: (button) => writeFile(join(userData, 'host-answers.txt'), String(button)),
    play,
    windows: () => play('windows'),
  }
  const opened = async (): Promise<RunningApplication> => {
    const endpoint = await endpointOf(userData, child)
    const browser = await chromium.connectOverCDP(endpoint)
    const context = browser.contexts()[0]
    if (!context) throw new Error('Chromium has no context.')
    const page = context.pages()[0] ?? (await context.waitForEvent('page'))
    await openedPage(page)
    return {
      ...begun,
      page,
      endpoint,
      openedUrls: async () =>
        (await readFile(join(userData, 'host-opened.txt'), 'utf8').catch(() => ''))
          .split('\n')
          .filter(Boolean),
      chooseFolder: (path) => writeFile(join(userData, 'host-chooses.txt'), path),
      closeWindow: async () => void child.send({ type: 'closeWindow' }),
      crashPage: async () => void child.send({ type: 'crash' }),
      breakMain: async () => void child.send({ type: 'breakMain' }),
      hang: async () => void child.send({ type: 'unresponsive' }),
      answerAgain: async () => void child.send({ type: 'responsive' }),
      shownText: async () => {
        const current = context.pages().at(-1)
        return (
          (await current
            ?.locator('body')
            .textContent({ timeout: 2_000 })
            .catch(() => '')) ?? ''
        )
      },
      questions: async () =>
        (await readFile(join(userData, 'host-asked.txt'), 'utf8').catch(() => ''))
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line)),
      sleep: async () => void child.send({ type: 'suspend' }),
      wake: async () => void child.send({ type: 'resume' }),
      endSession: async () => void child.send({ type: 'endSession' }),
      shutDown: async () => void child.send({ type: 'shutDown' }),
      kill: async () => {
        child.kill('SIGKILL')
        await ended
        await browser.close().catch(() => {})
      },
      nextWindow: async () => {
        for (let tries = 0; tries < 300; tries += 1) {
          const shown = context.pages().find((each) => each.url().includes('app.electron.test'))
          if (shown && shown !== page) {
            await openedPage(shown)
            return shown
          }
          await new Promise((done) => setTimeout(done, 50))
        }
        throw new Error('No other window was opened.')
      },
    }
  }
  return { ...begun, opened }
}

export const launchInHost = async (start: Start): Promise<RunningApplication> =>
  (await beginInHost(start)).opened()
