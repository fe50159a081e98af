import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test as base, expect } from '@playwright/test'
import { _electron } from 'playwright-core'
import { electronBinary } from '../../scripts/electron-binary.ts'
import { root } from '../../scripts/run.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { launchInHost, type RunningApplication } from '../host/launch.ts'

export const ada = { email: 'ada@atelier.example', password: 'harbour-light-2026' }

type Launch = (options?: {
  args?: string[]
  env?: NodeJS.ProcessEnv
}) => Promise<RunningApplication>

const launchInElectron = async (
  executablePath: string,
  userData: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<RunningApplication> => {
  const environment = Object.fromEntries(
    Object.entries({ ...process.env, ...env, ATELIER_USER_DATA: userData }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )
  const open = (more: string[]) =>
    _electron.launch({ executablePath, args: [root, ...more], env: environment })
  const electron = await open(args)
  const opened: string[] = []
  await electron.evaluate(({ shell }) => {
    const urls: string[] = []
    Object.assign(globalThis, { openedUrls: urls })
    shell.openExternal = async (url: string) => void urls.push(url)
  })
  const ended = new Promise((done) => electron.process().once('exit', done))
  return {
    page: await electron.firstWindow(),
    endpoint: '',
    ended,
    openedUrls: async () => [
      ...opened,
      ...(await electron.evaluate(
        () => (globalThis as unknown as { openedUrls: string[] }).openedUrls,
      )),
    ],
    launchAgain: async (more) => {
      await open(more).catch(() => {})
    },
    quit: () => electron.close(),
    kill: async () => {
      electron.process().kill('SIGKILL')
      await ended
    },
  }
}

/** Each test has its own data folder; the application that is still running at its end is closed. */
export const test = base.extend<{ userData: string; launch: Launch }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from its parameter.
  userData: async ({}, use) => {
    const folder = await temporaryFolder('e2e')
    await use(folder)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  },
  launch: async ({ userData }, use, info) => {
    const binary = electronBinary()
    if (info.project.name === 'electron')
      test.skip(binary === null, "not run: Electron's binary is not on this machine")
    info.annotations.push({ type: 'host', description: info.project.name })
    const running: RunningApplication[] = []
    await use(async ({ args = [], env = {} } = {}) => {
      const application =
        info.project.name === 'electron' && binary
          ? await launchInElectron(binary, userData, args, env)
          : await launchInHost({ userData, args, env })
      running.push(application)
      return application
    })
    for (const application of running) await application.quit().catch(() => {})
  },
})
export { expect }

/** Through the first door, with the demo team behind it. */
export const openDemo = async (
  launch: Launch,
  env: NodeJS.ProcessEnv = {},
): Promise<RunningApplication> => {
  const application = await launch({ args: ['--demo'], env })
  await application.page.getByRole('button', { name: /Work on this computer/ }).click()
  await expect(application.page.getByLabel('Email')).toBeVisible({ timeout: 60_000 })
  return application
}

export const signIn = async ({ page }: RunningApplication, person = ada): Promise<void> => {
  await page.getByLabel('Email').fill(person.email)
  await page.getByLabel('Password').fill(person.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('listbox', { name: 'Projects' })).toBeVisible()
}

export const openProject = async (
  { page }: RunningApplication,
  workspace: string,
  project: string,
): Promise<void> => {
  await page.getByRole('link', { name: workspace }).click()
  await page
    .getByRole('listbox', { name: 'Projects' })
    .getByRole('option', { name: project })
    .click()
  await expect(page.getByRole('heading', { level: 1, name: project })).toBeVisible()
}

/** The backend's process of a running application, to be killed. */
export const backendPort = async (userData: string): Promise<number> =>
  JSON.parse(await readFile(join(userData, 'backend/keys.json'), 'utf8')).port
