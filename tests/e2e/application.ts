import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import { launchInHost, type RunningApplication } from '../../host/launch.ts'
import { rejectionsFile } from '../../host/rejections.ts'
import { electronBinary, isInstalled } from '../../scripts/electron-binary.ts'
import { startKeyring } from '../../scripts/keyring.ts'
import * as scheme from '../fixtures/scheme.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { launchInElectron } from './electron.ts'
import { faultsIn } from './log-of.ts'
import { startTeam, type Team } from './team.ts'

export type { RunningApplication }
export const ada = { email: 'ada@atelier.example', password: 'harbour-light-2026' }
export const studio = { workspace: 'Lumen Studio', project: 'Tidewater spring season' }

type Options = { args?: string[]; env?: NodeJS.ProcessEnv }
type Launch = (options?: Options) => Promise<RunningApplication>

/** Each test has its own data folder; the application that is still running at its end is closed. */
export const test = base.extend<
  { userData: string; faults: string[]; launch: Launch; connected: Launch },
  { teamOf: string; team: Team; keyring: undefined }
>({
  // One spec stops it, and another worker's specs go on.
  keyring: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from its parameter.
    async ({}, use) => {
      const keyring = process.env.ATELIER_KEYRING === 'running' ? await startKeyring() : null
      Object.assign(process.env, keyring?.environment)
      await use(undefined)
      await keyring?.stop()
    },
    { scope: 'worker', auto: true },
  ],
  /** Specs that say the same have one team, and meet what the others of them left there. */
  teamOf: ['all', { option: true, scope: 'worker' }],
  team: [
    // biome-ignore lint/correctness/noEmptyPattern: as above.
    async ({}, use) => {
      const team = await startTeam()
      await use(team)
      await team.close()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  userData: async ({}, use) => {
    const folder = await temporaryFolder('e2e')
    await use(folder)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  },
  /** What nobody handled in main and beside it, in words of the log: nothing, but for the spec that is about that. */
  faults: [[], { option: true }],
  launch: async ({ userData, faults }, use, info) => {
    const binary = electronBinary()
    const onElectron = info.project.name === 'electron'
    if (onElectron) test.skip(binary === null, "not run: Electron's binary is not here")
    const running: RunningApplication[] = []
    const rejections = info.outputPath('rejections.txt')
    await use(async ({ args = [], env: more = {} } = {}) => {
      const env = { ...more, [rejectionsFile]: rejections }
      const application =
        onElectron && binary
          ? await launchInElectron({ binary, userData, args, env })
          : await launchInHost({ userData, args, env })
      running.push(application)
      return application
    })
    if (info.status !== info.expectedStatus)
      for (const [index, { page }] of running.entries())
        await page.screenshot({ path: info.outputPath(`failed-${index + 1}.png`) }).catch(() => {})
    for (const application of running) await application.quit().catch(() => {})
    // Main goes on after them, and nobody would see it.
    expect(await readFile(rejections, 'utf8').catch(() => '')).toBe('')
    expect(await faultsIn(userData)).toEqual(faults.map((words) => expect.stringContaining(words)))
  },
  /** Past the doors: connected to the team's server, nobody signed in. */
  connected: async ({ launch, team, userData }, use) => {
    const { url, publishableKey } = team.backend()
    await use(async (options) => {
      await mkdir(userData, { recursive: true })
      await writeFile(
        join(userData, 'settings.json'),
        JSON.stringify({
          backend: { kind: 'hosted', url, publishableKey },
          theme: 'system',
          server: url,
        }),
        { flag: 'wx' },
      ).catch(() => {})
      return launch(options)
    })
    // The next test finds the server as this one did.
    await team.comeBack()
  },
})
export { expect }

/** The test is skipped on an Electron whose system cannot be so. */
export const installed = (userData: string): Promise<NodeJS.ProcessEnv> => {
  const reason = scheme.whyNeverOn(process.platform, isInstalled)
  if (test.info().project.name === 'electron') test.skip(reason !== null, reason ?? '')
  return scheme.installed(userData)
}
export const { notInstalled } = scheme

export const signIn = async ({ page }: RunningApplication, person = ada): Promise<void> => {
  await page.getByLabel('Email').fill(person.email)
  await page.getByLabel('Password').fill(person.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('listbox', { name: 'Projects' })).toBeVisible()
}

export const openProject = async ({ page }: RunningApplication, place = studio): Promise<void> => {
  await page.getByRole('link', { name: place.workspace }).click()
  await page
    .getByRole('listbox', { name: 'Projects' })
    .getByRole('option', { name: place.project })
    .click()
  await expect(page.getByRole('heading', { level: 1, name: place.project })).toBeVisible()
}

export const openArtifact = async ({ page }: RunningApplication, title: string): Promise<void> => {
  const back = page.getByRole('link', { name: 'Back to the artifacts' })
  if (await back.isVisible()) await back.click()
  await page
    .getByRole('listbox', { name: 'Artifacts' })
    .getByRole('option', { name: new RegExp(title) })
    .click()
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
}

export const openFile = async ({ page }: RunningApplication, path: string): Promise<void> => {
  const name = path.split('/').at(-1) ?? path
  await page
    .getByRole('tree', { name: 'Files' })
    // Its name goes on where the file is not on this computer yet.
    .getByRole('treeitem', { name: new RegExp(`^${name.replaceAll('.', '\\.')}`) })
    .click()
  await expect(page.getByRole('heading', { level: 2, name: path })).toBeVisible()
}

/** Links what is open to a folder, by the sheet; ends on the page of the link. */
export const linkFolder = async (
  application: RunningApplication,
  folder: string,
): Promise<void> => {
  const { page } = application
  await application.chooseFolder(folder)
  await page.getByRole('button', { name: 'Link to a folder' }).click()
  await page.getByRole('button', { name: 'Start syncing' }).click({ timeout: 30_000 })
  // A project has as many links to make as artifacts.
  await expect(page.getByRole('button', { name: 'Start syncing' })).toHaveCount(0, {
    timeout: 60_000,
  })
}

export const openSync = async (page: Page): Promise<void> => {
  await page.goto(`${page.url().split('#')[0]}#/sync`)
  await expect(page.getByRole('heading', { level: 1, name: 'Sync' })).toBeVisible()
}

/** The ids in the address of what is open. */
export const openIds = (page: Page): { projectId: string; artifactId: string } => ({
  projectId: /projects\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '',
  artifactId: /artifacts\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '',
})
