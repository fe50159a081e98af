import type { FailureCode } from '../domain/failure.ts'
import { loopbackHost, parseDeepLink } from './deep-link.ts'

/** How the browser's answer reaches us: the system hands over the link, or we listen for it ourselves. */
export type WayBack = 'scheme' | 'loopback'

/**
 * Whether `atelier://` is to be claimed. What the system starts for a link knows nothing of our environment: where that
 * says in which folder the data lie, it would be an Atelier over other data. From source it is on Linux the installed
 * one, by whose desktop file Electron goes, and on macOS nobody but Electron.
 */
export const mayClaim = (run: {
  platform: string
  isPackaged: boolean
  /** Its data lie where its environment says. */
  isApart: boolean
}): boolean => !run.isApart && (run.isPackaged || run.platform === 'win32')

/** What the system says of `atelier://` after we asked for it. */
export type SchemeClaim = {
  platform: string
  isPackaged: boolean
  /** It took our claim. */
  isClaimed: boolean
  /** It would open such a link with us. */
  isDefault: boolean
}

/** macOS reads the scheme from the bundle, and one that runs from source is Electron's own, whatever the answers say. */
export const wayBackBy = ({ platform, isPackaged, isClaimed, isDefault }: SchemeClaim): WayBack =>
  isClaimed && isDefault && (platform !== 'darwin' || isPackaged) ? 'scheme' : 'loopback'

/** Ports that browsers open no page at (the Fetch standard's list, as far as a system may give them away). */
const blockedPorts = new Set([
  ...[1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697, 10080],
  ...[6665, 6666, 6667, 6668, 6669],
])
export const isBrowsable = (port: number): boolean => port >= 1024 && !blockedPorts.has(port)

export type LoopbackRequest = {
  method: string
  /** As it stands in the request's first line. */
  target: string
  host: string | undefined
  /** `Sec-Fetch-Mode`, which a browser sets and no page can. */
  fetchMode: string | undefined
}

export type LoopbackVerdict =
  /** The one answer; what it says is judged by whoever began the flow. */
  | { kind: 'answer'; link: string; isRefusal: boolean }
  | { kind: 'refused'; status: 400; reason: FailureCode }
  | { kind: 'nothing'; status: 403 | 404 | 405 | 421 }

const nothing = (status: 403 | 404 | 405 | 421): LoopbackVerdict => ({ kind: 'nothing', status })

/** Judges what comes to the listener of one flow. Only an answer to that very flow ends it. */
export const judgeLoopbackRequest = (
  { method, target, host, fetchMode }: LoopbackRequest,
  { flow, port }: { flow: string; port: number },
): LoopbackVerdict => {
  // A name that leads to us only because somebody's name server says so is a page that wants to be on this computer.
  if (host !== `${loopbackHost}:${port}`) return nothing(421)
  if (method !== 'GET') return nothing(405)
  if (!target.startsWith('/')) return nothing(404)
  const [path] = target.split('?')
  if (path !== '/auth/callback') return nothing(404)
  // What a page loads is no person who comes back.
  if (fetchMode !== undefined && fetchMode !== 'navigate') return nothing(403)
  const link = `http://${host}${target}`
  const parsed = parseDeepLink(link, port)
  if (parsed.kind === 'refused') return { kind: 'refused', status: 400, reason: parsed.reason }
  if (parsed.flow !== flow) return { kind: 'refused', status: 400, reason: 'link.unknown-flow' }
  return { kind: 'answer', link, isRefusal: parsed.kind === 'providerRefused' }
}
