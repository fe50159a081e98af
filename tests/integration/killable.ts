import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { openTransport } from '../../electron/main/network/transport.ts'
import type { Transport, TransportResponse } from '../../electron/network/transport.ts'

const overNetwork = openTransport()

/*
 * For the programs that the tests kill. What such a one does it says on its standard output, a line each and before it
 * goes on (a pipe takes it at once): who reads to the end knows what was under way when it died.
 */
const say = (line: string): void => void process.stdout.write(`${line}\n`)
/** Something that others ask for by name, and answer. */
export const tell = (name: string, value: unknown): void =>
  // Texts are long, and whoever asked for one knows it.
  say(`${name} ${JSON.stringify(value, (key, part) => (key === 'text' ? undefined : part))}`)
export const during = (kind: string): (() => void) => {
  let isOver = false
  say(`+${kind}`)
  return () => {
    if (!isOver) say(`-${kind}`)
    isOver = true
  }
}

const kindOf = (url: string, method = 'GET'): string | null => {
  const { pathname } = new URL(url)
  if (pathname.includes('/upload/resumable')) return 'upload'
  if (pathname.endsWith('/commit_artifact_changes')) return 'commit'
  if (pathname.endsWith('/rename_artifact')) return 'mutation'
  if (!pathname.startsWith('/storage/v1/object/')) return null
  return method === 'POST' ? 'send' : 'download'
}

/** An answer that is under way until its last byte was read, or nobody wants them. */
const until = (answer: TransportResponse, ended: () => void): TransportResponse => {
  const { body, ok, status, headers } = answer
  if (!body) {
    ended()
    return answer
  }
  return {
    ok,
    status,
    headers,
    body: {
      getReader: () => {
        const reader = body.getReader()
        return {
          read: async () => {
            const next = await reader.read()
            if (next.done) ended()
            return next
          },
          cancel: () => {
            ended()
            return reader.cancel()
          },
        }
      },
    },
  }
}

/** The way of the application to its server. */
export const transport: Transport = async (url, asked) => {
  const kind = kindOf(url, asked.method)
  if (kind === null) return overNetwork(url, asked)
  const ended = during(kind)
  try {
    const answer = await overNetwork(url, asked)
    if (kind === 'download') return until(answer, ended)
    ended()
    return answer
  } catch (error) {
    ended()
    throw error
  }
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
/** The lines that come; without more input the program closes as the application does. */
export const words: AsyncIterable<string> = { [Symbol.asyncIterator]: () => lines }

const worker = (name: string): URL => new URL(`${name}.js`, import.meta.url)
/** They lie beside the built program. */
export const workers = {
  cache: worker('cache-worker'),
  folders: worker('store-worker'),
  scanner: worker('scanner-worker'),
}

/** Milliseconds that the threads of this process waited for a processor, which others had. */
const waited = (): number =>
  readdirSync('/proc/self/task')
    .map((id) => readFileSync(`/proc/self/task/${id}/schedstat`, 'utf8').split(' ')[1])
    .reduce((sum, nanoseconds) => sum + Number(nanoseconds) / 1e6, 0)

/** The code is loaded. What follows the word to begin, which brings the settings, is recovery, until it is ready. */
export const begin = async () => {
  say('loaded')
  const { value } = await lines.next()
  const [began, waitedBefore] = [performance.now(), waited()]
  const ended = during('recovery')
  return {
    settings: JSON.parse(value ?? '{}'),
    ready: (): void => {
      tell('ready', { after: performance.now() - began, waited: waited() - waitedBefore })
      ended()
    },
  }
}
