import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { loopbackHost } from '../../../src/session/deep-link.ts'
import { isBrowsable, judgeLoopbackRequest } from '../../../src/session/loopback.ts'
import { type Page, pageHeaders, pageOf } from './page.ts'

/** Ports are the system's to give; it may give one that no browser opens. */
const maxTries = 8
/** Milliseconds for a request's head: whoever holds a connection open holds nothing else. */
const headTimeoutMs = 10_000
/** Bytes of a request's head; an answer is far shorter. */
const maxHeadBytes = 16 * 1024
/** A browser opens a few; whoever opens more keeps nobody out for long. */
const maxConnections = 32
/** Milliseconds that an answer on its way has once nobody is listened to any more. */
const lastAnswerMs = 1_000

export type LoopbackListener = { port: number; close(): void }

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

const listening = async (server: Server, port: number): Promise<number | null> => {
  server.listen({ port, host: loopbackHost, exclusive: true })
  // It rejects when 'error' comes first.
  return once(server, 'listening').then(
    () => portOf(server),
    () => null,
  )
}

/**
 * Waits at a port of this computer for the answer to one flow (RFC 8252, 7.3 and 8.3), tells it once and is gone.
 * `port`: the one that a flow of an earlier run waited at. Null where no port is to be had.
 */
export const listenForAnswer = async (options: {
  flow: string
  port?: number | null
  lifetimeMs: number
  /** What came, as an address; nothing of it is kept or written down here. */
  answered: (link: string) => void
  /** Its time is over, or the system took the port away. */
  ended?: () => void
}): Promise<LoopbackListener | null> => {
  const { flow, lifetimeMs, answered } = options
  for (let tried = 0; tried < (options.port ? 1 : maxTries); tried += 1) {
    const server = createServer({
      maxHeaderSize: maxHeadBytes,
      headersTimeout: headTimeoutMs,
      requestTimeout: headTimeoutMs,
      keepAlive: false,
    })
    const port = await listening(server, options.port ?? 0)
    if (port === null || !isBrowsable(port)) {
      server.close()
      continue
    }
    let isOpen = true
    const close = (): void => {
      if (!isOpen) return
      isOpen = false
      clearTimeout(timer)
      server.close()
      // What was asked before is answered; who only holds a connection is not waited for.
      server.closeIdleConnections()
      setTimeout(() => server.closeAllConnections(), lastAnswerMs).unref()
    }
    const end = (): void => {
      close()
      options.ended?.()
    }
    server.maxConnections = maxConnections
    // Nobody else hears it, and unheard it would end the process.
    server.on('error', end)
    const timer = setTimeout(end, lifetimeMs)
    timer.unref()
    server.unref()
    server.on('request', (request, response) => {
      const { method = '', url: target = '', headers } = request
      const fetchMode = headers['sec-fetch-mode']
      const verdict = isOpen
        ? judgeLoopbackRequest(
            {
              method,
              target,
              host: headers.host,
              fetchMode: Array.isArray(fetchMode) ? fetchMode[0] : fetchMode,
            },
            { flow, port },
          )
        : ({ kind: 'nothing', status: 404 } as const)
      if (verdict.kind === 'nothing') return send(response, verdict.status, 'nothing')
      if (verdict.kind === 'refused') {
        const page = verdict.reason === 'link.unknown-flow' ? verdict.reason : 'incomplete'
        return send(response, verdict.status, page)
      }
      send(response, 200, verdict.isRefusal ? 'denied' : 'answered')
      close()
      answered(verdict.link)
    })
    return { port, close }
  }
  return null
}

const send = (response: ServerResponse, status: number, page: Page): void => {
  const allow = status === 405 ? { allow: 'GET' } : {}
  response.writeHead(status, { ...pageHeaders, ...allow }).end(pageOf(page))
}
