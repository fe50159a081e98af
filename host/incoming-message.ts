import type { IncomingMessage as HttpAnswer } from 'node:http'
import { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

const decoders: Record<string, () => NodeJS.ReadWriteStream> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}
/** No socket: who destroys it has told nobody, and the connection stays taken. */
export class IncomingMessage extends Readable {
  readonly statusCode: number
  readonly statusMessage: string
  readonly headers: Record<string, string | string[]>
  readonly rawHeaders: string[]
  /** Whatever it came by: Chromium writes HTTP/1.1 above every answer. */
  readonly httpVersionMajor = 1
  readonly httpVersionMinor = 1
  readonly #bytes: NodeJS.ReadableStream
  constructor(answer: HttpAnswer) {
    super()
    this.statusCode = answer.statusCode ?? 0
    this.statusMessage = answer.statusMessage ?? ''
    this.rawHeaders = answer.rawHeaders
    this.headers = Object.fromEntries(
      Object.entries(answer.headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    )
    const decode = decoders[answer.headers['content-encoding'] ?? '']
    this.#bytes = decode ? answer.pipe(decode()) : answer
    this.#bytes.on('data', (chunk: Buffer) => {
      if (!this.destroyed && !this.push(chunk)) this.#bytes.pause()
      // Nobody asks for more any longer: what is on its way stays there.
      if (this.destroyed) this.#bytes.pause()
    })
    this.#bytes.on('end', () => this.push(null))
    this.#bytes.pause()
  }
  get httpVersion(): string {
    return `${this.httpVersionMajor}.${this.httpVersionMinor}`
  }
  override _read(): void {
    this.#bytes.resume()
  }
}
