import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage } from 'node:http'

/** Where a client could say that it is somewhere else; hosted Supabase's own edge writes them anew, and so do we. */
const claims = new Set([
  'cf-connecting-ip',
  'true-client-ip',
  'x-real-ip',
  'x-forwarded-for',
  'forwarded',
])

/** Puts the address that the connection really comes from in the place of everything that was said of it. */
export const writePeer = (request: IncomingMessage): void => {
  const raw = request.rawHeaders
  const kept = raw.flatMap((name, place) =>
    place % 2 || claims.has(name.toLowerCase()) ? [] : [name, raw[place + 1] ?? ''],
  )
  for (const name of claims) delete request.headers[name]
  const address = request.socket.remoteAddress
  if (address) {
    kept.push('x-real-ip', address)
    request.headers['x-real-ip'] = address
  }
  request.rawHeaders = kept
}

const told = new AsyncLocalStorage<string>()

/** Lite tells the database of headers only when a function is called; the log wants them for every write. */
export const withHeaders = <T>(request: Request, work: () => T): T => {
  const names = ['x-real-ip', 'user-agent']
  const headers = names.flatMap((name) => {
    const value = request.headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  return told.run(JSON.stringify(Object.fromEntries(headers)), work)
}

/** Of the request that is being answered; an empty object outside of one. */
export const requestHeaders = (): string => told.getStore() ?? '{}'
