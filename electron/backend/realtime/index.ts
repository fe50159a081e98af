import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Sql } from 'postgres'
import { WebSocketServer } from 'ws'
import { z } from 'zod'
import { parsedJson } from '../../../src/domain/parsed-json.ts'
import { log } from '../../log/log.ts'
import { refuseSocket } from '../refuse-socket.ts'
import { createAccess, type Keys } from '../storage/access.ts'
import { Connection } from './connection.ts'
import { Rights } from './rights.ts'
import { Topics } from './topics.ts'

/** Bytes of one message, of a client or by HTTP. */
const maxMessageBytes = 256 * 1024
const maxConnections = 500
const forgetEveryMs = 3_600_000
/** Milliseconds that a client has to answer the farewell. */
const farewellMs = 200
/** WebSocket's codes. */
const goingAway = 1001
const serviceRestart = 1012

const told = z.object({
  id: z.string(),
  topic: z.string(),
  event: z.string(),
  private: z.boolean().nullable(),
  payload: z.unknown(),
})
const reference = z.object({ id: z.uuid() })
const said = z.object({
  messages: z
    .array(
      z.object({
        topic: z.string().min(1).max(256),
        event: z.string().min(1).max(256),
        payload: z.unknown(),
        private: z.boolean().default(false),
      }),
    )
    .max(100),
})

export type RealtimeOptions = {
  sql: Sql
  jwtSecret: string
  keys: Keys
}
export type Realtime = {
  /** GET /realtime/v1/websocket */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** POST /realtime/v1/api/broadcast, or …/broadcast/<topic>/events/<event> */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** What is open now. */
  size(): { connections: number; topics: number }
  stop(): Promise<void>
}

const bodyOf = async (request: IncomingMessage): Promise<string | null> => {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > maxMessageBytes) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** Realtime for one installation: private topics, which the policies on `realtime.messages` let people into. */
export const openRealtime = async ({
  sql,
  jwtSecret,
  keys,
}: RealtimeOptions): Promise<Realtime> => {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  })
  const access = createAccess(sql, jwtSecret, keys)
  const rights = new Rights(sql)
  const topics = new Topics()
  const closeAll = (code: number): void => {
    for (const socket of sockets.clients) socket.close(code)
  }

  const hear = async (text: string): Promise<void> => {
    const { data: short } = reference.safeParse(parsedJson(text))
    let { data: message } = told.safeParse(parsedJson(text))
    if (!message && short) {
      const rows = await sql`
        select id, topic, event, private, payload from realtime.messages where id = ${short.id}`
      message = told.safeParse(rows[0]).data
      if (!message) throw new Error('Its row is not there, or of no form that is known.')
    }
    if (!message?.private) return
    // What is told to a person themselves is that they may see other things than before.
    const subject = /^user:(.+)$/.exec(message.topic)?.[1]
    if (subject) topics.doubt(subject)
    topics.broadcast(message)
  }
  let isFirst = true
  const listening = await sql.listen(
    'atelier_realtime',
    (text) =>
      void hear(text).catch((error: unknown) => {
        log('realtime').warn('A message was lost: all clients come back and read anew', error)
        closeAll(serviceRestart)
      }),
    () => {
      // Nobody knows what was said while the connection was gone: the same.
      if (!isFirst) closeAll(serviceRestart)
      isFirst = false
    },
  )
  /** A message is heard once or never; what is missed is read from its own table. */
  const forget = (): unknown =>
    sql`delete from realtime.messages where inserted_at < now() at time zone 'utc' - interval '1 day'`.catch(
      () => {},
    )
  void forget()
  const forgetting = setInterval(forget, forgetEveryMs).unref()

  return {
    upgrade: (request, socket, head) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
      const apiKey = searchParams.get('apikey') ?? ''
      if (pathname !== '/realtime/v1/websocket') return refuseSocket(socket, 404)
      if (apiKey !== keys.publishable && apiKey !== keys.secret) return refuseSocket(socket, 401)
      if (sockets.clients.size >= maxConnections) return refuseSocket(socket, 503)
      const version = searchParams.get('vsn') === '2.0.0' ? '2.0.0' : '1.0.0'
      sockets.handleUpgrade(request, socket, head, (opened) => {
        new Connection({ socket: opened, version, apiKey, access, rights, topics })
      })
    },

    handle: async (request, response) => {
      const answer = (status: number, message?: string): void =>
        void response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(message ? JSON.stringify({ message }) : '')
      try {
        const { authorization, apikey } = request.headers
        const identity = await access.identify({ authorization, apikey }).catch(() => null)
        if (!identity) return answer(401, 'Unauthorized')
        const url = new URL(request.url ?? '/', 'http://127.0.0.1')
        const one = /^\/realtime\/v1\/api\/broadcast\/([^/]+)\/events\/([^/]+)$/.exec(url.pathname)
        if (request.method !== 'POST') return answer(405, 'Method not allowed')
        if (!one && url.pathname !== '/realtime/v1/api/broadcast') return answer(404, 'Not found')
        const text = await bodyOf(request)
        if (text === null) return answer(413, 'Payload too large')
        const body = parsedJson(text)
        const { data } = said.safeParse(
          one
            ? {
                messages: [
                  {
                    topic: decodeURIComponent(one[1] ?? ''),
                    event: decodeURIComponent(one[2] ?? ''),
                    payload: body,
                    private: url.searchParams.get('private') === 'true',
                  },
                ],
              }
            : body,
        )
        if (!data) return answer(422, 'Unprocessable')
        const refused = []
        for (const message of data.messages) {
          const { topic } = message
          const isAllowed = message.private && (await rights.maySpeak(topic, identity, 'broadcast'))
          if (isAllowed) topics.broadcast(message)
          else refused.push(topic)
        }
        // Of many at once those that may not be said are left out in silence, as by a hosted project.
        if (one && refused.length > 0) return answer(403, 'Unauthorized')
        answer(202)
      } catch (error) {
        log('realtime').warn('A broadcast was not told', error)
        if (!response.headersSent) answer(500, 'Internal error')
      }
    },

    size: () => ({ connections: sockets.clients.size, topics: topics.size }),

    stop: async () => {
      clearInterval(forgetting)
      await listening.unlisten().catch(() => {})
      closeAll(goingAway)
      sockets.close()
      // Who does not answer the farewell is not waited for.
      for (const socket of sockets.clients) setTimeout(() => socket.terminate(), farewellMs)
    },
  }
}
