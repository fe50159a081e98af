import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startBackend } from '../electron/backend/backend.ts'
import { seedDemo } from '../electron/backend/seed/index.ts'
import { toIntercepted } from '../host/addresses.ts'
import { launchInHost, type RunningApplication } from '../host/launch.ts'
import { followInBrowser, startGitHubStandIn } from '../tests/fixtures/github-stand-in.ts'
import { previewPage } from '../tests/fixtures/preview-page.ts'
import { installed } from '../tests/fixtures/scheme.ts'
import { temporaryFolder } from '../tests/fixtures/temporary-folder.ts'
import { ensureBuilt } from './build.ts'
import { root } from './run.ts'

// The main job, played as a person would, on real files; ends with 1 when any step fails.
await ensureBuilt()
const started = performance.now()
const screens = join(root, 'test-output/screens')
await rm(screens, { recursive: true, force: true })
await mkdir(screens, { recursive: true })
const folder = await temporaryFolder('demo')
const userData = join(folder, 'user')
const closing: (() => Promise<void>)[] = [
  () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
]

let count = 0
const step = async <T>(
  title: string,
  work: () => Promise<{ said?: string; value: T }>,
): Promise<T> => {
  const from = performance.now()
  const { said, value } = await work()
  count += 1
  const seconds = ((performance.now() - from) / 1000).toFixed(1)
  console.log(`${String(count).padStart(2)}. ${title}${said ? `: ${said}` : ''} (${seconds} s)`)
  return value
}
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
const expectThat = (condition: boolean, what: string): void => {
  if (!condition) throw new Error(`Expected ${what}.`)
}

const open: RunningApplication['page'][] = []
let shots = 0
const shoot = async ({ page }: RunningApplication, name: string): Promise<void> => {
  shots += 1
  open[0] = page
  for (const theme of ['dark', 'light'] as const) {
    await page.evaluate((value) => window.desktop.app.setTheme({ theme: value }), theme)
    await page.waitForTimeout(250)
    await page.screenshot({
      path: join(screens, `${String(shots).padStart(2, '0')}-${name}-${theme}.png`),
    })
  }
}
const ada = { email: 'ada@atelier.example', password: 'harbour-light-2026' }
const signIn = async ({ page }: RunningApplication): Promise<void> => {
  await page.getByLabel('Email').fill(ada.email)
  await page.getByLabel('Password').fill(ada.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('listbox', { name: 'Projects' }).waitFor()
}
const openArtifact = async (
  { page }: RunningApplication,
  title: string,
  file?: string,
): Promise<void> => {
  const back = page.getByRole('link', { name: 'Back to the artifacts' })
  if (await back.isVisible()) await back.click()
  await page
    .getByRole('listbox', { name: 'Artifacts' })
    .getByRole('option', { name: new RegExp(title) })
    .click()
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  if (file)
    await page.getByRole('tree', { name: 'Files' }).getByRole('treeitem', { name: file }).click()
}
const openProject = async ({ page }: RunningApplication): Promise<string> => {
  await page.getByRole('link', { name: 'Lumen Studio' }).click()
  await page.getByRole('option', { name: 'Tidewater spring season' }).click()
  await page.getByRole('heading', { level: 1, name: 'Tidewater spring season' }).waitFor()
  await page.getByRole('option', { name: /Tidewater microsite/ }).waitFor()
  return /projects\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? ''
}
const signOut = async ({ page }: RunningApplication): Promise<void> => {
  await page.evaluate(() => window.desktop.session.signOut({ removeLocalCopies: false }))
  await page.getByLabel('Email').waitFor()
}

try {
  const github = await startGitHubStandIn()
  closing.push(() => github.stop())
  const backendFolder = join(folder, 'backend')
  const oauth = { github: { clientId: github.clientId, secret: github.secret, url: github.url } }
  // In the host the application's pages have another origin.
  const origins = ['app://atelier', toIntercepted('app://atelier')]
  const options = { folder: backendFolder, oauth, origins }
  let backend = await step('Start the embedded backend', async () => {
    const value = await startBackend(options)
    return { value, said: value.url }
  })
  closing.push(() => backend.stop())
  await step('Fill it with the demo team', async () => {
    const value = await seedDemo(backend, () => {})
    return {
      value,
      said: `${value.accounts.length} people, ${value.projects.length} projects, ${value.files} files, ${megabytes(value.bytes)}`,
    }
  })

  let application = await step('Open Atelier for the first time', async () => {
    const value = await launchInHost({ userData, env: await installed(userData) })
    await value.page.getByRole('button', { name: /Work on this computer/ }).waitFor()
    await shoot(value, 'doors')
    return { value }
  })
  closing.push(() => application.quit())
  await step('Connect to the backend', async () => {
    const { page } = application
    await page.getByRole('button', { name: /Connect to a Supabase project/ }).click()
    await page.getByLabel(/address|URL/i).fill(backend.url)
    await page.getByLabel(/key/i).fill(backend.publishableKey)
    await page.getByRole('button', { name: /^Connect/ }).click()
    await page.getByLabel('Email').waitFor()
    await shoot(application, 'sign-in')
    return { value: null }
  })
  await step('Sign in by password', async () => {
    await signIn(application)
    return { value: null, said: ada.email }
  })
  await step(
    'Sign out, and in by GitHub with a deep link delivered by a second launch',
    async () => {
      await signOut(application)
      await application.page.getByRole('button', { name: /GitHub/ }).click()
      await application.page.waitForTimeout(500)
      const opened = (await application.openedUrls()).at(-1) ?? ''
      await shoot(application, 'waiting-for-browser')
      const link = await followInBrowser(opened)
      await application.launchAgain([link])
      await application.page.getByRole('button', { name: /Account: Octavia Grey/ }).waitFor()
      await signOut(application)
      await signIn(application)
      return { value: null, said: 'Octavia Grey, then Ada again' }
    },
  )
  const projectId = await step('List the artifacts of a project', async () => {
    const value = await openProject(application)
    const artifacts = await application.page.evaluate(
      (id) => window.desktop.artifacts.list({ projectId: id }),
      value,
    )
    await shoot(application, 'artifacts')
    return { value, said: artifacts.map(({ title }) => title).join(', ') }
  })
  await step('Pull the whole project', async () => {
    const from = performance.now()
    const state = await application.page.evaluate(
      (id) => window.desktop.sync.run({ projectId: id, files: 'all' }),
      projectId,
    )
    const seconds = (performance.now() - from) / 1000
    expectThat(
      state.phase === 'idle' && state.blocked.length === 0,
      `an idle sync, not ${state.phase} ${state.failure}`,
    )
    expectThat(
      state.bytesDone === state.bytesTotal && state.filesDone === state.filesTotal,
      'every byte',
    )
    await shoot(application, 'pulled')
    return {
      value: null,
      said: `${state.filesDone} files, ${megabytes(state.bytesDone)} in ${seconds.toFixed(1)} s`,
    }
  })
  await step('Preview its page in place', async () => {
    await openArtifact(application, 'Tidewater microsite')
    const preview = await previewPage(application.page)
    await application.page.waitForTimeout(500)
    await shoot(application, 'preview')
    return {
      value: null,
      said: ((await preview.locator('h1').first().textContent()) ?? '').replace(/\s+/g, ' '),
    }
  })
  await step('Edit a file and send it back', async () => {
    const { page } = application
    await page.getByRole('button', { name: 'Source' }).click()
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.locator('.cm-content').click()
    await page.keyboard.press('ControlOrMeta+End')
    await page.keyboard.type('<!-- seen by Ada -->')
    await shoot(application, 'editing')
    await page.keyboard.press('ControlOrMeta+s')
    const artifactId = /artifacts\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? ''
    for (let tries = 0; ; tries += 1) {
      const files = await page.evaluate(
        (id) => window.desktop.artifacts.files({ artifactId: id }),
        artifactId,
      )
      const file = files.find(({ path }) => path === 'index.html')
      if (file?.revision === 2 && file.state === 'cached')
        return { value: null, said: `index.html is at revision ${file.revision}` }
      if (tries === 100) {
        const sync = await page.evaluate(() => window.desktop.sync.state())
        throw new Error(`The edit did not reach the server: ${JSON.stringify({ file, sync })}`)
      }
      await page.waitForTimeout(100)
    }
  })
  await step('Kill the backend and restart Atelier offline', async () => {
    await application.quit()
    await backend.stop()
    application = await launchInHost({ userData })
    await application.page.getByRole('listbox', { name: 'Projects' }).waitFor()
    await openProject(application)
    await shoot(application, 'offline')
    const { status } = await application.page.evaluate(() => window.desktop.session.state())
    expectThat(status === 'offline', `the session to be offline, not ${status}`)
    return { value: null, said: 'signed in, offline' }
  })
  await step('Open three cached artifacts with no network', async () => {
    await openArtifact(application, 'Tidewater microsite')
    await previewPage(application.page)
    await shoot(application, 'offline-preview')
    await openArtifact(application, 'Type for screen and signage')
    await openArtifact(application, 'Figures for wall labels')
    await application.page.getByRole('tree', { name: 'Files' }).waitFor()
    return { value: null }
  })
  await step('Search by title, offline', async () => {
    const { hits } = await application.page.evaluate(() =>
      window.desktop.artifacts.search({ query: 'micros', projectId: null, atMost: 50 }),
    )
    expectThat(hits[0]?.title === 'Tidewater microsite', 'the microsite to be found')
    return { value: null, said: `“micros” finds ${hits[0]?.title}` }
  })
  await step('Bring the backend back and sync again', async () => {
    backend = await startBackend(options)
    for (let tries = 0; ; tries += 1) {
      const { status } = await application.page.evaluate(() => window.desktop.session.state())
      if (status === 'active') break
      expectThat(tries < 150, `the session to come back, not stay ${status}`)
      await application.page.waitForTimeout(300)
    }
    const state = await application.page.evaluate(
      (id) => window.desktop.sync.run({ projectId: id, files: 'all' }),
      projectId,
    )
    expectThat(state.phase === 'idle', `an idle sync, not ${state.phase} ${state.failure}`)
    return { value: null, said: `${state.filesTotal} files left to fetch` }
  })
  await step('Settings, and sign out', async () => {
    await application.page
      .getByRole('button', { name: 'Settings' })
      .or(application.page.getByRole('link', { name: 'Settings' }))
      .first()
      .click()
    await application.page.getByRole('heading', { name: 'Settings' }).waitFor()
    await shoot(application, 'settings')
    await signOut(application)
    return { value: null }
  })
  const { marks } = {
    marks: await application.page.evaluate(() => window.desktop.app.mark({ name: 'list' })),
  }
  console.log(`Startup marks of the last start, ms from process start: ${JSON.stringify(marks)}`)
  console.log(`Screens: ${screens}`)
} catch (error) {
  for (const page of open)
    await page.screenshot({ path: join(screens, 'failure.png') }).catch(() => {})
  console.error(
    `FAILED after step ${count}: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
  )
  process.exitCode = 1
} finally {
  for (const close of closing.reverse()) await close().catch(() => {})
  console.log(`${count} steps in ${((performance.now() - started) / 1000).toFixed(0)} s`)
}
process.exit()
