import { Failure } from '../../../src/domain/failure.ts'
import type { Time } from '../../../src/transfer/clock.ts'
import type { TransportResponse } from '../../network/transport.ts'
import { realTime } from '../system-clock.ts'

/** Milliseconds a body may go without a byte. */
const silenceTimeoutMs = 60_000

/** The body, with a cut, a stall and a cancel told apart. */
export async function* bodyOf(
  response: TransportResponse,
  signal: AbortSignal,
  patience = silenceTimeoutMs,
  time: Time = realTime,
): AsyncGenerator<Uint8Array> {
  if (!response.body) return
  const reader = response.body.getReader()
  const stop = (): void => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', stop, { once: true })
  let stalled = false
  let heardAt = time.now()
  const ended = new AbortController()
  const watch = async (): Promise<void> => {
    for (let left = patience; left > 0; left = patience - Math.abs(time.now() - heardAt))
      await time.sleep(left, ended.signal)
    stalled = true
    stop()
  }
  void watch().catch(() => {})
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (signal.aborted) throw new Failure('sync.cancelled', 'Cancelled.')
      if (stalled) throw new Failure('network.timeout', 'The transfer stood still.')
      if (done || !value) return
      heardAt = time.now()
      yield value
      // Whoever takes the bytes may take their time.
      heardAt = time.now()
    }
  } catch (error) {
    if (error instanceof Failure) throw error
    if (signal.aborted) throw new Failure('sync.cancelled', 'Cancelled.', { cause: error })
    throw new Failure('network.offline', 'The transfer was cut.', { cause: error })
  } finally {
    ended.abort(null)
    signal.removeEventListener('abort', stop)
    stop()
  }
}

/**
 * The beginning of a text: as much as came, however it ended; `isCut` when more was to come. For refusals, and for what
 * nobody has to read: a connection is only used again when its answer was read. @throws sync.cancelled
 */
export const beginningOf = async (
  response: TransportResponse,
  signal: AbortSignal,
  patience = silenceTimeoutMs,
  time: Time = realTime,
): Promise<{ text: string; isCut: boolean }> => {
  const maxLetters = 2000
  let text = ''
  let isCut = false
  try {
    for await (const chunk of bodyOf(response, signal, patience, time)) {
      text += Buffer.from(chunk).toString('utf8')
      if (text.length >= maxLetters) break
    }
  } catch (error) {
    if (signal.aborted) throw error
    isCut = true
  }
  return { text: text.slice(0, maxLetters), isCut }
}

/** Bytes of an answer that is no list of everything. */
export const shortAnswerBytes = 16 * 1024 * 1024
/** The same of one that may be: of a project with half a million files, and of nothing that is honest more. */
export const longAnswerBytes = 256 * 1024 * 1024

/**
 * Parsed JSON; null when it is none.
 * @throws server.unexpected-answer beyond so many bytes, network.timeout, network.offline, sync.cancelled
 */
export const jsonOf = async (
  response: TransportResponse,
  signal: AbortSignal,
  patience = silenceTimeoutMs,
  time: Time = realTime,
  mostBytes = shortAnswerBytes,
): Promise<unknown> => {
  const chunks: Uint8Array[] = []
  let sum = 0
  for await (const chunk of bodyOf(response, signal, patience, time)) {
    sum += chunk.byteLength
    if (sum > mostBytes)
      throw new Failure('server.unexpected-answer', 'The server’s answer has no end.')
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return null
  }
}
