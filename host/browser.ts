import { existsSync, mkdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'
import { hosts } from './addresses.ts'
import { openBodies } from './bodies.ts'
import { type Gate, guardContext } from './guard.ts'
import { exposeChannel, type Invoke } from './preload.ts'

const executables = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
export const chromiumHere = (): string | null => executables.find(existsSync) ?? null

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
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
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    // What is previewed is anybody's: only root, whom Chromium's sandbox does not take, goes without.
    chromiumSandbox: process.getuid?.() !== 0,
    headless: process.env.ATELIER_HOST_HEADED !== '1',
    viewport: process.env.ATELIER_HOST_HEADED === '1' ? null : { width: 1280, height: 820 },
    // Past a proxy of the system's: where those hosts are only this Chromium knows.
    env: {
      ...process.env,
      no_proxy: [process.env.no_proxy ?? process.env.NO_PROXY, hosts].filter(Boolean).join(),
    },
    args: [
      ...(await openBodies()),
      ...(port ? [`--remote-debugging-port=${port}`] : []),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      // What main asks for every page (webContents.setWebRTCIPHandlingPolicy).
      '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
      // The page's made-up origin is no public site that reaches into a home network.
      '--disable-features=LocalNetworkAccessChecks,PrivateNetworkAccessSendPreflights,OptimizationHints,MediaRouter,PreloadTopChromeWebUI,PreloadTopChromeWebUILessNavigations,SpareRendererForSitePerProcess,InitialWebUI,WebUIReloadButton,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup',
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
