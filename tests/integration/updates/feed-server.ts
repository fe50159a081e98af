import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Published = {
  version: string
  /** Of the package that is served. */
  bytes: Buffer
  /** Of its file, without the dot. */
  extension?: string
  /** Of the package that was meant, where it is another. */
  sha512?: string
  notes?: string
  stagingPercentage?: number
  postgres?: number
}

const sha512 = (bytes: Buffer): string => createHash('sha512').update(bytes).digest('base64')

const nameOf = ({ version, extension = 'AppImage' }: Published): string =>
  `Atelier-${version}.${extension}`

/** `latest-linux.yml`, in the words of electron-builder. */
const descriptionOf = (published: Published): string => {
  const { version, bytes, notes, stagingPercentage, postgres } = published
  const hash = published.sha512 ?? sha512(bytes)
  const name = nameOf(published)
  return [
    `version: ${version}`,
    'files:',
    `  - url: ${name}`,
    `    sha512: ${hash}`,
    `    size: ${bytes.length}`,
    `path: ${name}`,
    `sha512: ${hash}`,
    "releaseDate: '2026-11-30T12:00:00.000Z'",
    ...(notes ? [`releaseNotes: ${JSON.stringify(notes)}`] : []),
    ...(stagingPercentage === undefined ? [] : [`stagingPercentage: ${stagingPercentage}`]),
    ...(postgres ? ['vendor:', `  postgres: ${postgres}`] : []),
    '',
  ].join('\n')
}

/** A place where updates are to be had, on this computer; `answer` comes before it, and says whether it answered. */
export const openFeed = async (published: Published | null) => {
  const state = {
    published,
    asked: [] as { path: string; staging: string | undefined }[],
    answer: (_request: IncomingMessage, _response: ServerResponse): boolean => false,
  }
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    state.asked.push({ path: pathname, staging: String(request.headers['x-user-staging-id']) })
    if (state.answer(request, response)) return
    const { published } = state
    if (published && pathname.endsWith('/latest-linux.yml'))
      response.writeHead(200, { 'content-type': 'text/yaml' }).end(descriptionOf(published))
    else if (published && pathname.endsWith(`/${nameOf(published)}`))
      response.writeHead(200, { 'content-length': published.bytes.length }).end(published.bytes)
    else response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/atelier`,
    close: async (): Promise<void> => {
      server.closeAllConnections()
      server.close()
    },
  }
}
