import type { FailureCode } from '../contract/failure.ts'

/** The only link Atelier answers to: `atelier://auth/callback?flow=<id>&code=<code>`. */
export const callbackAddress = 'atelier://auth/callback'

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

const leadsHere = (url: URL): boolean =>
  url.protocol === 'atelier:' &&
  url.host === 'auth' &&
  url.pathname === '/callback' &&
  !url.username &&
  !url.password

/** Whether a sign-in that ends at this address ends in the application. */
export const isCallback = (address: string): boolean =>
  URL.canParse(address) && leadsHere(new URL(address))

/** Parses what claims to be our link; everything else is refused with a reason, nothing throws. */
export const parseDeepLink = (text: string): DeepLink => {
  if (text.length > 8192) return refused('link.malformed')
  let url: URL
  try {
    url = new URL(text.trim())
  } catch {
    return refused('link.malformed')
  }
  if (!leadsHere(url)) return refused('link.wrong-target')
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
