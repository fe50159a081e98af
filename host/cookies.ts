// What a session keeps of servers, as far as main's own requests meet it. A request sends none and keeps none unless
// it asks for a person's credentials, or for the session's cookies.

/** By host: no port tells cookies apart. */
const kept = new Map<string, Map<string, string>>()

type Cookies = { sent(): string | null; keep(set: readonly string[]): void }

export const cookiesOf = (
  url: URL,
  { credentials, useSessionCookies = false }: { credentials?: string; useSessionCookies?: boolean },
): Cookies => {
  const isAsked = credentials === undefined ? useSessionCookies : credentials !== 'omit'
  if (!isAsked) return { sent: () => null, keep: () => {} }
  const own = kept.get(url.hostname) ?? new Map<string, string>()
  kept.set(url.hostname, own)
  return {
    sent: () =>
      own.size === 0 ? null : [...own].map(([name, value]) => `${name}=${value}`).join('; '),
    keep: (set) => {
      for (const each of set) {
        const [, name = '', value = ''] = /^([^=;]*)=([^;]*)/.exec(each) ?? []
        if (name) own.set(name, value)
      }
    },
  }
}
