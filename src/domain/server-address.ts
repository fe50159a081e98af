/*
 * What a person enters to connect to a project of theirs. The address is where tokens go, so it is taken exactly or
 * refused with a reason.
 */

export type AddressRefusal = 'no-address' | 'not-encrypted' | 'has-credentials' | 'is-ipv6'
export type ParsedAddress =
  | { kind: 'address'; url: string }
  | { kind: 'refused'; reason: AddressRefusal }

/** Where Supabase's interfaces lie below a project: somebody may copy one of them. */
const ownPath = /\/(rest|auth|storage|realtime|functions|graphql)\/v1(\/.*)?$/
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || /^127(\.\d{1,3}){3}$/.test(host)

/** An address with its path, if it has one, and no slash at its end. */
export const parseServerAddress = (text: string): ParsedAddress => {
  const refused = (reason: AddressRefusal): ParsedAddress => ({ kind: 'refused', reason })
  const trimmed = text.trim()
  if (trimmed.length > 2048 || !URL.canParse(trimmed)) return refused('no-address')
  const url = new URL(trimmed)
  const { protocol, host, hostname, username, password } = url
  if ((protocol !== 'https:' && protocol !== 'http:') || hostname === '')
    return refused('no-address')
  if (username !== '' || password !== '') return refused('has-credentials')
  // A page's policy has no word for one: Chromium ignores it, and nothing could be asked.
  if (hostname.startsWith('[')) return refused('is-ipv6')
  // On the way anybody could read the tokens, and answer in the server's place.
  if (protocol === 'http:' && !isLoopback(hostname)) return refused('not-encrypted')
  const path = url.pathname.replace(ownPath, '').replace(/\/+$/, '')
  // What a policy would take for its end, or for another source.
  if (/[;,'\s]/.test(path)) return refused('no-address')
  return { kind: 'address', url: `${protocol}//${host}${path}` }
}

const payloadOf = (token: string): string | null => {
  const part = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token)?.[1]
  if (!part) return null
  try {
    return atob(part.replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    return null
  }
}

/** Whether a key opens everything: it must not be entered, kept or sent anywhere from here. */
export const isSecretKey = (key: string): boolean =>
  key.startsWith('sb_secret_') ||
  /"role"\s*:\s*"(service_role|supabase_admin)"/.test(payloadOf(key) ?? '')
