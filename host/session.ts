import { EventEmitter } from 'node:events'
import type { BrowserContext, Page } from 'playwright-core'
import { hosts } from './addresses.ts'
import { mayNavigate, ownerOf } from './contents.ts'
import { type Gate, guardContext, type Handle } from './guard.ts'
import { Permissions } from './permissions.ts'
import { exposeChannel, type Invoke } from './preload.ts'
import { Speller } from './speller.ts'

type Real = Electron.Session
/** What a session calls back. */
type Handler<K extends 'Request' | 'Check'> = Parameters<Real[`setPermission${K}Handler`]>[0]
type BeforeRequest = (
  details: { url: string },
  answer: (what: { cancel?: boolean }) => void,
) => void
type Proxy = Electron.ProxyConfig

/** What the pages of an origin stored, by one of its pages. */
const clearBy = async (page: Page): Promise<void> => {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.clearBrowserCache')
  const { origin } = new URL(page.url())
  await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
  await devtools.detach()
}

/** A session is a browser context: cookies, caches and a proxy of its own. */
export class Session extends EventEmitter {
  readonly handlers = new Map<string, Handle>()
  readonly protocol = {
    handle: (scheme: string, handler: Handle): void => void this.handlers.set(scheme, handler),
  }
  readonly webRequest = {
    onBeforeRequest: (listener: BeforeRequest): void => {
      this.#before = listener
    },
  }
  #before: BeforeRequest | null = null
  #proxy: Proxy = {}
  #context: Promise<BrowserContext> | null = null
  readonly #permissions = new Permissions()
  readonly #open: (session: Session) => Promise<BrowserContext>
  readonly #goBy: ((proxy: Proxy) => void) | null
  /** `goBy`: of the session whose way out main's own requests take, too. */
  constructor(
    open: (session: Session) => Promise<BrowserContext>,
    goBy: ((proxy: Proxy) => void) | null = null,
  ) {
    super()
    this.#open = open
    this.#goBy = goBy
  }
  get gate(): Gate {
    const mayRequest = (url: string): boolean => {
      let cancelled = false
      this.#before?.({ url }, ({ cancel = false }) => {
        cancelled = cancel
      })
      return !cancelled
    }
    return { handlers: this.handlers, mayNavigate, mayRequest, contentsOf: ownerOf }
  }
  get opened(): Promise<BrowserContext> | null {
    return this.#context
  }
  context(): Promise<BrowserContext> {
    this.#context ??= this.#open(this).then(async (context) => {
      await this.#permissions.follow(context)
      return context
    })
    return this.#context
  }
  /** A context of its own in the browser of `first`, behind the proxy it was given. */
  async beside(first: Session, invoke: Invoke): Promise<BrowserContext> {
    const browser = (await first.context()).browser()
    if (!browser) throw new Error('Chromium has no second context.')
    const { proxyRules, proxyBypassRules } = this.#proxy
    const context = await browser.newContext({
      acceptDownloads: false,
      ...(proxyRules
        ? {
            proxy: {
              server: proxyRules,
              // No proxy stands before a scheme.
              bypass: [proxyBypassRules, hosts].filter(Boolean).join(),
            },
          }
        : {}),
    })
    await exposeChannel(context, invoke)
    await guardContext(context, this.gate)
    return context
  }
  async setProxy(proxy: Proxy): Promise<void> {
    if (this.#goBy) return this.#goBy(proxy)
    if (this.#context)
      throw new Error('The double gives a session its proxy before its first page.')
    this.#proxy = proxy
  }
  async clearData(): Promise<void> {
    for (const page of (await this.#context)?.pages() ?? []) {
      const isDone = await clearBy(page).then(
        () => true,
        (error: Error) => {
          // One that is just being closed does nothing for anybody.
          if (!/closed|crashed/.test(error.message)) throw error
          return false
        },
      )
      if (isDone) return
    }
  }
  readonly speller = new Speller()
  get availableSpellCheckerLanguages(): string[] {
    return this.speller.available
  }
  setSpellCheckerLanguages(languages: string[]): void {
    this.speller.set(languages)
  }
  setSpellCheckerEnabled(enable: boolean): void {
    this.speller.turn(enable)
  }
  addWordToSpellCheckerDictionary(word: string): boolean {
    this.speller.learned.push(word)
    return true
  }
  async resolveProxy(_url: string): Promise<string> {
    return 'DIRECT'
  }
  setPermissionRequestHandler(handler: Handler<'Request'>): void {
    this.#permissions.handlers.request = handler
  }
  setPermissionCheckHandler(handler: Handler<'Check'>): void {
    this.#permissions.handlers.check = handler
  }
  setDevicePermissionHandler(_handler: Parameters<Real['setDevicePermissionHandler']>[0]): void {}
}
