import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { Page } from '@playwright/test'
import { cloneCodec } from '../../host/clone.ts'
import { requests } from '../../src/contract/table.ts'
import { previewPage } from '../fixtures/preview-page.ts'
import { expect, openArtifact, openFile, openProject, signIn, test } from './application.ts'

type RawAnswer = { ok: boolean; code?: string; value?: unknown }
/** Past the preload, as a page that got hold of the channel would; Electron's isolation leaves no such way. */
const raw = async (frame: Page, ...args: unknown[]): Promise<RawAnswer> => {
  const { encode, decode } = cloneCodec()
  const { result } = await frame.evaluate(
    (values) =>
      (
        window as unknown as { hostInvoke: (channel: string, args: unknown) => Promise<never> }
      ).hostInvoke('atelier:request', values),
    encode(args),
  )
  return decode(result) as RawAnswer
}

test('the page has the verbs of the table and nothing of Node or Electron', async ({ launch }) => {
  const { page } = await launch()
  const seen = await page.evaluate(() => ({
    desktop: Object.entries(window.desktop).flatMap(([area, verbs]) =>
      typeof verbs === 'function' ? [area] : Object.keys(verbs).map((verb) => `${area}.${verb}`),
    ),
    leaks: ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter(
      (name) => name in window,
    ),
  }))
  expect(seen.desktop.sort()).toEqual([...Object.keys(requests), 'on'].sort())
  expect(seen.leaks).toEqual([])
})

test('requests are refused by form, with a code and without the argument', async ({ launch }) => {
  const { page } = await launch()
  const refusal = await page.evaluate(() =>
    window.desktop.session
      .signInWithPassword({ email: 'no address', password: 'harbour' })
      .then(String, (error: Error) => error.message),
  )
  expect(refusal).toContain('ipc.bad-arguments')
  expect(refusal).not.toContain('harbour')
  for (const wrong of [null, 7, [], { theme: 'neon' }, { theme: 'dark', extra: 'x'.repeat(10) }]) {
    const answer = await page.evaluate(
      (value) =>
        window.desktop.app.setTheme(value as never).then(
          () => 'done',
          (error: Error) => error.message,
        ),
      wrong,
    )
    // A key too many is dropped; everything else is refused.
    if (wrong && typeof wrong === 'object' && 'extra' in wrong) expect(answer).toBe('done')
    else expect(answer).toContain('ipc.bad-arguments')
  }
  for (const url of ['file:///etc/passwd', 'javascript:alert(1)', 'atelier://auth/callback', 'x']) {
    const answer = await page.evaluate(
      (target) =>
        window.desktop.app.openExternal({ url: target }).then(
          () => 'opened',
          (error: Error) => error.message,
        ),
      url,
    )
    expect(answer, url).toContain('link.wrong-target')
  }
})

test('a page goes nowhere by itself, and begins anew when its person asks for it', async ({
  connected,
}) => {
  const { page } = await connected()
  const isMarked = () => page.evaluate(() => 'marked' in window).catch(() => null)
  await page.evaluate(() => Object.assign(window, { marked: true }))
  await page.evaluate(() => location.reload())
  await page.waitForTimeout(500)
  expect(await isMarked()).toBe(true)
  await page.evaluate(() => void window.desktop.app.reload())
  await expect.poll(isMarked).toBe(false)
  await expect(page.getByLabel('Email')).toBeVisible()
})

test('unknown channels, other frames and other origins get nothing', async ({
  connected,
}, info) => {
  test.skip(info.project.name === 'electron', 'Electron gives pages no way to the raw channel')
  const application = await connected()
  const { page } = application
  for (const channel of ['session.refreshToken', 'constructor', '__proto__', '', 7, null])
    expect((await raw(page, channel)).code, String(channel)).toBe('ipc.unknown-channel')
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const preview = await previewPage(page)
  expect((await raw(preview, 'app.info')).code).toBe('ipc.wrong-sender')
})

test('the application is served under a policy, and nothing outside its folder', async ({
  launch,
}) => {
  const { page } = await launch()
  const served = await page.evaluate(async () => {
    const index = await fetch('/index.html')
    return {
      policy: index.headers.get('content-security-policy') ?? '',
      sniff: index.headers.get('x-content-type-options'),
      outside: await Promise.all(
        [
          '/..%2fmain/index.js',
          '/%2e%2e/main/index.js',
          '/..%5c..%5cpackage.json',
          '/nothing.js',
          '/%E0%A4%A',
        ].map((path) => fetch(path).then(({ status }) => status)),
      ),
    }
  })
  expect(served.policy).toContain("default-src 'none'")
  expect(served.policy).toContain("script-src 'self';")
  expect(served.policy).toContain("frame-ancestors 'none'")
  expect(served.sniff).toBe('nosniff')
  for (const status of served.outside) expect(status).toBeGreaterThanOrEqual(400)
  const violations = await page.evaluate(async () => {
    const seen: string[] = []
    document.addEventListener('securitypolicyviolation', (event) =>
      seen.push(event.effectiveDirective),
    )
    const script = document.createElement('script')
    script.textContent = 'window.injected = true'
    document.body.append(script)
    const frame = document.createElement('iframe')
    frame.src = 'https://example.com/'
    document.body.append(frame)
    await fetch('https://example.com/').catch(() => {})
    const picture = new Image()
    picture.src = 'https://example.com/seen.png'
    await new Promise((done) => setTimeout(done, 300))
    frame.remove()
    script.remove()
    return { seen, injected: 'injected' in window }
  })
  expect(violations.injected).toBe(false)
  expect(violations.seen).toEqual(
    expect.arrayContaining(['script-src-elem', 'frame-src', 'connect-src', 'img-src']),
  )
})

test('no page leaves the application; links go to the system, https and mail only', async ({
  launch,
}) => {
  const { page, openedUrls } = await launch()
  const before = page.url()
  await page.evaluate(() => {
    location.href = 'https://example.com/leave'
  })
  await page.waitForTimeout(500)
  expect(page.url()).toBe(before)
  await page.evaluate(() => {
    window.open('https://example.com/new')
    window.open('file:///etc/passwd')
    window.open('javascript:alert(1)')
  })
  await expect.poll(openedUrls).toEqual(['https://example.com/new'])
  await expect(page.getByRole('button', { name: /Work on this computer/ })).toBeVisible()
})

/** Calls a server over TCP, from a world of the page where nothing was taken away. Answers whether it could try. */
const callByTurn = async (page: Page, port: number): Promise<boolean> => {
  const devtools = await page.context().newCDPSession(page)
  const { frameTree } = await devtools.send('Page.getFrameTree')
  const { executionContextId } = await devtools.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
  })
  const { result } = await devtools.send('Runtime.evaluate', {
    contextId: executionContextId,
    awaitPromise: true,
    returnByValue: true,
    expression: `(async () => {
      const call = new RTCPeerConnection({ iceServers: [
        { urls: 'turn:127.0.0.1:${port}?transport=tcp', username: 'SECRET', credential: 'x' } ] })
      call.createDataChannel('x')
      await call.setLocalDescription(await call.createOffer())
      await new Promise((done) => setTimeout(done, 2500))
      return true
    })()`,
  })
  return result.value === true
}

test('a hostile artifact reaches neither the network nor the application', async ({
  connected,
}, info) => {
  const application = await connected()
  const { page } = application
  await signIn(application)
  await openProject(application)
  await openArtifact(application, 'Tidewater microsite')
  const preview = await previewPage(page)
  const backend = await page.evaluate(async () => {
    const state = await window.desktop.backend.state()
    return state.status === 'ready' ? state.url : ''
  })
  let heard = 0
  const listener = createServer((socket) => {
    heard += 1
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const reached = await preview.evaluate(
    async ([server, own]) => {
      const refused = async (work: () => unknown): Promise<boolean> => {
        try {
          await work()
          return false
        } catch {
          return true
        }
      }
      const image = (source: string) =>
        new Promise((done, fail) => {
          const element = new Image()
          element.onload = done
          element.onerror = fail
          element.src = source
        })
      const link = (rel: string) =>
        document.head.append(Object.assign(document.createElement('link'), { rel, href: own }))
      for (const rel of ['preconnect', 'dns-prefetch', 'prefetch', 'prerender', 'modulepreload'])
        link(rel)
      const inFrame = await new Promise((done) => {
        addEventListener('message', ({ data }) => done(data), { once: true })
        const frame = document.createElement('iframe')
        frame.srcdoc = `<script>parent.postMessage(typeof RTCPeerConnection, '*')</script>`
        document.body.append(frame)
        setTimeout(() => done('no script'), 2000)
      })
      return {
        desktop: 'desktop' in window,
        origin: self.origin,
        calls: [typeof RTCPeerConnection, typeof Reflect.get(self, 'webkitRTCPeerConnection')],
        inFrame,
        refused: {
          web: await refused(() => fetch('https://example.com/')),
          backend: await refused(() => fetch(`${server}/auth/v1/health`)),
          loopback: await refused(() => fetch(own, { mode: 'no-cors' })),
          image: await refused(() => image(`${server}/storage/v1/object/public/x.png`)),
          storage: await refused(() => localStorage.setItem('a', 'b')),
          cookies: await refused(() => {
            // biome-ignore lint/suspicious/noDocumentCookie: whether it is refused is the question.
            document.cookie = 'a=b'
            if (!document.cookie) throw new Error('no cookies')
          }),
          popup: await refused(() => {
            if (!window.open('https://example.com/')) throw new Error('no popup')
          }),
        },
        ownImage: await refused(() => image(new URL('images/mark.svg', location.href).href)),
        styled: document.styleSheets.length > 0,
      }
    },
    [backend, `http://127.0.0.1:${port}/`] as const,
  )
  expect(reached.desktop).toBe(false)
  expect(reached.origin).toBe('null')
  expect(reached.calls).toEqual(['undefined', 'undefined'])
  expect(reached.inFrame).toBe('undefined')
  expect(Object.entries(reached.refused).filter(([, refused]) => !refused)).toEqual([])
  expect(reached.ownImage, 'its own files are in reach').toBe(false)
  expect(reached.styled).toBe(true)

  // Its session has no way out, whatever a script gets hold of.
  expect(await callByTurn(preview, port)).toBe(true)
  expect(heard, 'connections from the preview').toBe(0)
  // The same from the window, whose session has a network: it is the session that held it.
  expect(await callByTurn(page, port)).toBe(true)
  expect(heard).toBeGreaterThan(0)
  listener.close()

  // It walks to the application's own page, the web, another artifact: it never arrives, and stays what it was.
  const other = await page.evaluate(async () => {
    const [project] = /projects\/[0-9a-f-]{36}/.exec(location.href) ?? []
    const projectId = project?.slice(9) ?? ''
    const artifacts = await window.desktop.artifacts.list({ projectId })
    return artifacts.find(({ title }) => title !== 'Tidewater microsite')?.id ?? ''
  })
  const here = preview.url()
  const sibling = new URL('/', here).href.replace(/[0-9a-f-]{36}/, other)
  expect(other).not.toBe('')
  for (const target of [new URL('/index.html', page.url()).href, 'https://example.com/', sibling]) {
    await preview
      .evaluate((url) => {
        location.href = url
      }, target)
      .catch(() => {})
    await page.waitForTimeout(400)
    expect(preview.url(), target).toBe(here)
  }
  await expect(preview.locator('h1').first()).toBeVisible()
  // Its own pages it may show.
  const within = new URL('/index.html?again', here).href
  await preview.evaluate((url) => {
    location.href = url
  }, within)
  await expect.poll(() => preview.url()).toBe(within)
  await expect(page.getByRole('heading', { level: 1, name: 'Tidewater microsite' })).toBeVisible()

  // What the application lays over it is not hidden by it: a picture of it stands in.
  const place = page.getByLabel('Preview of index.html')
  await expect(place).toBeVisible()
  await page.screenshot({ path: info.outputPath('preview.png') })
  await page.getByRole('button', { name: 'History' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expect(place.locator('img')).toHaveAttribute('src', /^data:image/)
  await page.screenshot({ path: info.outputPath('preview-under-dialog.png') })
  await page.keyboard.press('Escape')
  await expect(place.locator('img')).toHaveCount(0)
  // Enter goes in, Escape comes back.
  await place.focus()
  await page.keyboard.press('Enter')
  await expect(place).not.toBeFocused()
  await page.keyboard.press('Escape')
  await expect(place).toBeFocused()
  // It goes with its file.
  await openFile(application, 'scripts/tides.js')
  await expect.poll(() => preview.isClosed()).toBe(true)
})
