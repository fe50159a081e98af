import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import {
  type BrowserContext,
  chromium,
  type Frame,
  type Page,
  type Request as PageRequest,
} from 'playwright-core'

import { throughProxy } from './page-requests.ts'
import { isProxied } from './way.ts'

const executables = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
export const chromiumHere = (): string | null => executables.find(existsSync) ?? null

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })

export const toCustom = (url: string): string =>
  url
    .replace(/^https:\/\/app\.electron\.test/, 'app://atelier')
    .replace(/^https:\/\/([0-9a-f-]+)\.artifact\.electron\.test/, 'artifact://$1')

export const toIntercepted = (text: string): string =>
  text
    .replace(/app:\/\/atelier/g, 'https://app.electron.test')
    .replace(/artifact:\/\/([0-9a-f-]+)/g, 'https://$1.artifact.electron.test')

const rewritePolicy = (policy: string): string =>
  toIntercepted(policy).replace(/artifact:(?!\/)/g, 'https://*.artifact.electron.test')

export type Handle = (request: Request) => Response | Promise<Response>
export type Invoke = (frame: Frame, channel: string, args: unknown[]) => Promise<unknown>
export type Gate = {
  /** By scheme. */
  handlers: ReadonlyMap<string, Handle>
  /** Whether a navigation may go on; asked for every one that a page begins. */
  mayNavigate: (frame: Frame | null, url: string) => boolean
  /** `webRequest.onBeforeRequest`. */
  mayRequest: (url: string) => boolean
  /** Whose a frame is. */
  contentsOf: (frame: Frame | null) => object | null
}

/** Null for a window that is only now being opened. */
const frameOf = (request: PageRequest): Frame | null => {
  try {
    return request.frame()
  } catch {
    return null
  }
}

/** The preload, run in every page with a `require('electron')` of its own; of a view in its frames, too. */
const preloadScript = (file: string, inFrames: boolean): string => `
  if (${inFrames} || window === top && !window.hostListeners) {
    const listeners = new Map()
    if (!${inFrames}) window.hostListeners = listeners
    const electron = {
      contextBridge: {
        exposeInMainWorld: (key, value) => { window[key] = value },
        executeInMainWorld: ({ func, args = [] }) => func(...args),
      },
      webUtils: {
        getPathForFile: (file) => {
          if (!(file instanceof File)) throw new TypeError('not a File')
          window.hostFiles = [...(window.hostFiles ?? []), file]
          return '${fileToken}' + (window.hostFiles.length - 1)
        },
      },
      ipcRenderer: {
        invoke: (channel, ...args) => window.hostInvoke(channel, args),
        on: (channel, listener) => { listeners.set(channel, [...(listeners.get(channel) ?? []), listener]) },
      },
    }
    const module = { exports: {} }
    new Function('require', 'module', 'exports', ${JSON.stringify(readFileSync(file, 'utf8'))})(
      (name) => { if (name === 'electron') return electron; throw new Error('no module ' + name) }, module, module.exports)
  }`

/** Electron says at once where a file lies; here Chromium is asked on the way, and knows as much: '' of a page's own. */
const fileToken = 'host-file:'
const pathOfFile = async (page: Page, index: number): Promise<string> => {
  const session = await page.context().newCDPSession(page)
  try {
    const { result } = await session.send('Runtime.evaluate', {
      expression: `window.hostFiles[${index}]`,
    })
    const { objectId } = result
    return objectId ? (await session.send('DOM.getFileInfo', { objectId })).path : ''
  } finally {
    await session.detach()
  }
}
const withPaths = async (page: Page, value: unknown): Promise<unknown> => {
  if (typeof value === 'string' && value.startsWith(fileToken))
    return pathOfFile(page, Number(value.slice(fileToken.length)))
  if (Array.isArray(value)) return Promise.all(value.map((each) => withPaths(page, each)))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(async ([key, each]) => [
    key,
    await withPaths(page, each),
  ])
  return Object.fromEntries(await Promise.all(entries))
}

/** Electron's isolated worlds keep it from pages; here a page that looks for it has it, and main must refuse it. */
export const exposeChannel = (context: BrowserContext, invoke: Invoke): Promise<unknown> =>
  context.exposeBinding('hostInvoke', async ({ frame, page }, channel: string, args: unknown[]) =>
    invoke(
      frame,
      channel,
      JSON.stringify(args).includes(fileToken)
        ? ((await withPaths(page, args)) as unknown[])
        : args,
    ),
  )

/** What a session's pages ask for comes from its schemes, where it has them, and passes its gate. */
export const guardContext = (context: BrowserContext, gate: Gate): Promise<unknown> =>
  context.route(/^https?:/, async (route) => {
    const request = route.request()
    const url = toCustom(request.url())
    // The answer 204 ends a navigation where it began: the page stays.
    if (request.isNavigationRequest() && !gate.mayNavigate(frameOf(request), url))
      return route.fulfill({ status: 204 }).catch(() => {})
    if (!gate.mayRequest(url)) return route.abort('blockedbyclient').catch(() => {})
    if (url.startsWith('http') && isProxied())
      return throughProxy(route, gate.contentsOf(frameOf(request)))
    if (url.startsWith('http')) return route.fallback()
    const handle = gate.handlers.get(url.slice(0, url.indexOf(':')))
    const { range } = request.headers()
    const response = handle
      ? await handle(
          new Request(url, { method: request.method(), headers: range ? { range } : {} }),
        )
      : new Response(null, { status: 404 })
    const headers = Object.fromEntries(response.headers)
    const policy = headers['content-security-policy']
    if (policy) headers['content-security-policy'] = rewritePolicy(policy)
    const body = Buffer.from(await response.arrayBuffer())
    await route.fulfill({ status: response.status, headers, body }).catch(() => {})
  })

/** One Chromium for one run of the application, its profile in the run's own folder. */
export const openBrowser = async (
  folder: string,
  invoke: Invoke,
  gate: Gate,
): Promise<BrowserContext> => {
  const executablePath = chromiumHere()
  if (!executablePath) throw new Error('Chromium is not here.')
  // For a spec that attaches. Whoever reaches such a port is the person at the window, so nobody else opens one.
  const port = process.env.ATELIER_HOST_ATTACH === '1' ? await freePort() : null
  const profile = join(folder, 'host-chromium')
  mkdirSync(profile, { recursive: true, mode: 0o700 })
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    // When it ends is the application's business, which has things to do before.
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
    // What is previewed is anybody's: only root, whom Chromium's sandbox does not take, goes without.
    chromiumSandbox: process.getuid?.() !== 0,
    headless: process.env.ATELIER_HOST_HEADED !== '1',
    viewport: process.env.ATELIER_HOST_HEADED === '1' ? null : { width: 1280, height: 820 },
    args: [
      ...(port ? [`--remote-debugging-port=${port}`] : []),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      // What main asks for every page (webContents.setWebRTCIPHandlingPolicy).
      '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
      // The page's made-up origin is no public site that reaches into a home network.
      '--disable-features=LocalNetworkAccessChecks,PrivateNetworkAccessSendPreflights,OptimizationHints,MediaRouter,PreloadTopChromeWebUI,PreloadTopChromeWebUILessNavigations,SpareRendererForSitePerProcess,InitialWebUI,WebUIReloadButton',
    ],
  })
  await exposeChannel(context, invoke)
  await guardContext(context, gate)
  await writeFile(
    join(folder, 'host.json'),
    JSON.stringify({ endpoint: port ? `http://127.0.0.1:${port}` : null, pid: process.pid }),
    { mode: 0o600 },
  )
  return context
}

export const addPreload = (page: Page, file: string, inFrames = false): Promise<unknown> =>
  page.addInitScript({ content: preloadScript(file, inFrames) })
