import type { FailureCode } from '../domain/failure.ts'

/** Where a browser's sign-in ends: `atelier://auth/callback?flow=<id>&code=<code>`. */
export const callbackAddress = 'atelier://auth/callback'
export const loopbackHost = '127.0.0.1'

/** The same of a flow whose answer comes over the loopback interface (RFC 8252, 7.3); null where it comes by the scheme. */
export type LoopbackPort = number | null

export const callbackOf = (flow: string, port: LoopbackPort): string =>
  `${port === null ? callbackAddress : `http://${loopbackHost}:${port}/auth/callback`}?flow=${flow}`

export type DeepLink =
  | { kind: 'callback'; flow: string; code: string }
  | { kind: 'providerRefused'; flow: string; error: string }
  | { kind: 'refused'; reason: FailureCode }

const flowPattern = /^[0-9a-f-]{36}$/
const codePattern = /^[\w.~-]{8,512}$/
const refused = (reason: FailureCode): DeepLink => ({ kind: 'refused', reason })

const one = (parameters: URLSearchParams, name: string): string | null => {
  const values = parameters.getAll(name)
  return values.length === 1 ? (values[0] ?? null) : null
}

const isByScheme = (url: URL): boolean =>
  url.protocol === 'atelier:' && url.host === 'auth' && url.pathname === '/callback'

const isByLoopback = (url: URL, port: number | 'any'): boolean =>
  url.protocol === 'http:' &&
  url.hostname === loopbackHost &&
  (port === 'any' ? url.port !== '' : url.port === String(port)) &&
  url.pathname === '/auth/callback'

/** `port`: of this computer, at which the application listens now. */
const leadsHere = (url: URL, port: LoopbackPort | 'any'): boolean =>
  (isByScheme(url) || (port !== null && isByLoopback(url, port))) && !url.username && !url.password

/** Whether a sign-in that ends at this address ends in the application. */
export const isCallback = (address: string, port: LoopbackPort | 'any' = null): boolean =>
  URL.canParse(address) && leadsHere(new URL(address), port)

/**
 * Parses what claims to be our link; everything else is refused with a reason, nothing throws. `port`: where the
 * answer of the sign-in under way was to come.
 */
export const parseDeepLink = (text: string, port: LoopbackPort = null): DeepLink => {
  if (text.length > 8192) return refused('link.malformed')
  let url: URL
  try {
    url = new URL(text.trim())
  } catch {
    return refused('link.malformed')
  }
  if (!leadsHere(url, port)) return refused('link.wrong-target')
  const flow = one(url.searchParams, 'flow')
  if (!flow || !flowPattern.test(flow)) return refused('link.malformed')
  const error = one(url.searchParams, 'error')
  if (error) return { kind: 'providerRefused', flow, error: error.slice(0, 200) }
  const code = one(url.searchParams, 'code')
  if (!code || !codePattern.test(code)) return refused('link.malformed')
  return { kind: 'callback', flow, code }
}

/** The one link among a launch's arguments; two links in one launch are nobody's sign-in. */
export const linkInArguments = (
  argv: readonly string[],
): { kind: 'none' } | { kind: 'link'; link: string } | { kind: 'ambiguous' } => {
  const links = argv.filter((argument) => /^atelier:/i.test(argument))
  if (links.length === 0) return { kind: 'none' }
  if (links.length > 1) return { kind: 'ambiguous' }
  return { kind: 'link', link: links[0] ?? '' }
}
