import type { AuthInfo, Event, WebContents } from 'electron'
import { app } from 'electron'
import type { NetworkState } from '../../../src/contract/network.ts'
import type { HandlersOf } from '../../../src/contract/table.ts'
import type { FailureCode } from '../../../src/domain/failure.ts'
import { ClientCertificates } from '../../../src/network/client-certificates.ts'
import { isForPerson } from '../../../src/network/net-error.ts'
import { type ProxyLogin, ProxySignIn, type Store } from '../../../src/network/proxy-sign-in.ts'
import { TokenPasswords } from '../../../src/network/token-passwords.ts'
import { log, logged } from '../../log/log.ts'
import { fetchOver } from './fetch.ts'
import { openTransport } from './transport.ts'

const said = log('network')
/** Milliseconds. */
const probeMs = 8_000

type Options = {
  store: Store
  /** Chosen for good, by host. */
  certificates: () => Readonly<Record<string, string>>
  keepCertificates: (kept: Record<string, string>) => Promise<void>
  /** Whose questions are nobody's: a previewed page's. */
  isHostile: (contents: WebContents) => boolean
  changed: (state: NetworkState) => void
  /** Whom the network is needed for, where that is known. */
  server: () => string | null
  /** The person has answered, and what waited for that may be tried again. */
  answered: () => void
}

/** Main's way out, and what it meets there that only the person can answer. Before the application is ready. */
export const openNetwork = (options: Options) => {
  let trouble: FailureCode | null = null
  const state = (): NetworkState => ({
    questions: [...proxy.questions, ...tokens.questions, ...certificates.questions],
    trouble,
    certificateHosts: Object.keys(options.certificates()).toSorted(),
  })
  const changed = (): void => options.changed(state())
  const proxy = new ProxySignIn({ store: options.store, changed })
  const keep = async (host: string, fingerprint: string | null): Promise<void> => {
    const { [host]: _, ...others } = options.certificates()
    await options.keepCertificates(
      fingerprint === null ? others : { ...others, [host]: fingerprint },
    )
    changed()
  }
  const certificates = new ClientCertificates({
    remembered: (host) => options.certificates()[host] ?? null,
    remember: (host, fingerprint) =>
      void keep(host, fingerprint).catch(logged('network', 'A choice of certificate was not kept')),
    changed,
  })
  const tokens = new TokenPasswords({
    changed,
    later: (work, milliseconds) => {
      const timer = setTimeout(work, milliseconds)
      return () => clearTimeout(timer)
    },
  })

  // Pages ask by an event of the application's, main's own requests by one of theirs.
  app.on(
    'login',
    (
      event: Event,
      contents: WebContents | null,
      { firstAuthAttempt },
      asking: AuthInfo,
      answer,
    ) => {
      // Unheard it is cancelled, as a server's own question is: those have nobody here to answer them.
      if (!contents || options.isHostile(contents) || !asking.isProxy) return
      event.preventDefault()
      const refused = firstAuthAttempt ? 0 : proxy.turnOf(asking)
      void proxy.signIn(asking, refused).then(
        (given) => (given ? answer(given.userName, given.password) : answer()),
        () => answer(),
      )
    },
  )
  // Unheard the first one that fits would be shown to whoever asks.
  app.on('select-client-certificate', (event, contents, url, offered, answer) => {
    event.preventDefault()
    if (contents && options.isHostile(contents)) return answer()
    void certificates.choose(hostOf(url), offered).then(
      (chosen) => (chosen ? answer(chosen) : answer()),
      () => answer(),
    )
  })

  // Of Linux alone; elsewhere the system asks. Unheard, what is in a token would never be among those offered.
  if (process.platform === 'linux')
    app.setClientCertRequestPasswordHandler((asking) => tokens.unlock(asking))

  const transport = openTransport({
    signIn: (asking, refused) => proxy.signIn(asking, refused),
    onCertificateAsked: (host, heard) => {
      const ends = [
        certificates.follow(host, heard),
        // Chromium names the host of a token's question without its port.
        tokens.follow(host.slice(0, host.lastIndexOf(':')), heard),
      ]
      return () => {
        for (const end of ends) end()
      }
    },
    certificateRefused: (host) => certificates.refused(host),
    told: (failure, host) => {
      if (failure === null) certificates.taken(host)
      const next = failure && isForPerson(failure.code) ? failure.code : null
      // Being offline says nothing of what was wrong before.
      if (trouble === next || (failure && next === null)) return
      trouble = next
      if (next) said.warn(`requests do not get through: ${next}`, failure)
      else said.info('requests get through again')
      changed()
    },
  })

  /** In which turn those who cannot be told apart were given something last: who asks again was refused. */
  const given = new Map<string, number>()
  const login: ProxyLogin = (asking, answer) => {
    if (!asking.isProxy) return answer()
    const who = `${asking.host}:${asking.port} ${asking.scheme} ${asking.realm}`
    void proxy
      .signIn(asking, given.get(who) ?? 0)
      .catch(() => null)
      .then((known) => {
        if (!known) return answer()
        given.set(who, known.turn)
        answer(known.userName, known.password)
      })
  }

  const fetch = fetchOver(transport)
  /** Nothing may be under way: what stands between shows at once, and not when something is needed. */
  const probe = (): void => {
    const server = options.server()
    if (server === null) return
    const signal = AbortSignal.timeout(probeMs)
    void fetch(`${server}/auth/v1/health`, { signal }).catch(() => {})
  }
  const answered = (): void => {
    probe()
    options.answered()
  }

  const handlers: HandlersOf<'network'> = {
    'network.state': async () => state(),
    'network.signInToProxy': async ({ id, ...given }) => {
      proxy.answer(id, given)
      answered()
    },
    'network.showCertificate': async ({ id, ...given }) => {
      certificates.answer(id, given)
      answered()
    },
    'network.unlockToken': async ({ id, password }) => tokens.answer(id, password),
    'network.forgetCertificate': async ({ host }) => {
      certificates.forget(host)
      await keep(host, null)
    },
    'network.decline': async ({ id }) => {
      proxy.decline(id)
      certificates.decline(id)
      tokens.decline(id)
    },
  }

  return {
    transport,
    fetch,
    /** For requests that a library makes. */
    login,
    /** Somebody wants the network: whoever declined may have thought better of it. */
    askAgain: (): void => {
      proxy.askAgain()
      certificates.askAgain()
      tokens.askAgain()
      if (trouble !== null) probe()
    },
    handlers,
  }
}

/** Electron says ‘host:port’ there, and its documentation an address. */
const hostOf = (text: string): string =>
  /^https?:/.test(text) ? `${new URL(text).hostname}:${new URL(text).port || '443'}` : text
