import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { challengePattern, identityHeader, identityOf, identityPath } from '../network/identity.ts'
import { refuseSocket } from './refuse-socket.ts'

/** Bytes of a request's body by where it goes; Storage bounds its own, which it streams. */
const bodyLimits: [path: string, bytes: number][] = [
  ['/storage/v1/', Number.POSITIVE_INFINITY],
  ['/auth/v1/', 256 * 1024],
  ['/realtime/v1/', 256 * 1024],
  ['/', 16 * 1024 ** 2],
]

/**
 * What there is here, spelled plainly. Who answers undoes escapes before they look where a path leads: of one with an
 * escape the rules in front of them would see another path than they do. Names of objects may hold any sign; Storage
 * takes them apart itself.
 */
const known =
  /^\/((rest|auth)\/v1(\/[\w.-]+)*\/?|storage\/v1\/.*|realtime\/v1\/(websocket|api\/broadcast(\/[^/]+\/events\/[^/]+)?))$/

const refuse = (response: ServerResponse, status: number): false => {
  // What of a body is still on its way is not waited for.
  response.writeHead(status, { connection: 'close' }).end()
  return false
}

/** A name that leads to us only because somebody's name server says so is a page that wants to be on this computer. */
const isOurHost = (host: string | undefined): boolean =>
  /^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(host ?? '')

/** What a page loads without asking (an image, a script, a frame) bears no Origin; the application does none of it. */
const isLoadedByPage = ({ headers }: IncomingMessage): boolean =>
  headers['sec-fetch-mode'] === 'no-cors' ||
  /^(frame|iframe|embed|object)$/.test(String(headers['sec-fetch-dest'] ?? ''))

/**
 * Who may come in at all, before a key is asked for: what is addressed to this computer, from the application or
 * from no page, and to one of the interfaces that it has. Answers false when it has answered: a stranger learns nothing, not even that Atelier is here.
 */
export const openDoor = ({
  url,
  origins,
  identitySecret,
}: {
  url: string
  /** The pages that may ask; for everybody without an Origin there is the key. */
  origins: readonly string[]
  /** Absent, nothing is proven to anybody. */
  identitySecret: string | undefined
}) => {
  const prove = (request: IncomingMessage, response: ServerResponse): false => {
    const { searchParams } = new URL(request.url ?? '/', url)
    const challenge = searchParams.get('challenge') ?? ''
    if (!identitySecret || !challengePattern.test(challenge)) return refuse(response, 404)
    response.writeHead(204, { [identityHeader]: identityOf(identitySecret, url, challenge) }).end()
    return false
  }
  /** Of somebody who may not come in at all; null for everybody else. */
  const refusalOf = (request: IncomingMessage): number | null => {
    const { headers, url: path = '' } = request
    if (!isOurHost(headers.host) || !path.startsWith('/')) return 421
    if (headers.origin !== undefined && !origins.includes(headers.origin)) return 403
    return isLoadedByPage(request) ? 403 : null
  }
  const mayComeIn = (request: IncomingMessage, response: ServerResponse): boolean => {
    const refusal = refusalOf(request)
    if (refusal !== null) return refuse(response, refusal)
    const { headers, url: path = '' } = request
    const [place = ''] = path.split('?')
    if (place === identityPath) return prove(request, response)
    if (!known.test(place)) return refuse(response, 404)
    const [, limit] = bodyLimits.find(([start]) => path.startsWith(start)) ?? ['', 0]
    if (limit < Number.POSITIVE_INFINITY && headers['transfer-encoding'] !== undefined)
      return refuse(response, 411)
    if (Number(headers['content-length'] ?? 0) > limit) return refuse(response, 413)
    return true
  }
  /** The same for who asks for a socket. */
  const mayUpgrade = (request: IncomingMessage, socket: Duplex): boolean => {
    const [place = ''] = (request.url ?? '').split('?')
    const refusal = refusalOf(request) ?? (known.test(place) ? null : 404)
    if (refusal !== null) refuseSocket(socket, refusal)
    return refusal === null
  }
  return { mayComeIn, mayUpgrade }
}
