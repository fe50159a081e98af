import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { FileStore } from '@tus/file-store'
import { writeBehind } from '../../disk/write-behind.ts'
import { refusals } from './errors.ts'

/** A part that comes: the request, and what ends the stream that stands for it in the protocol's own pipeline. */
type Part = { request: IncomingMessage; end: () => void }

/**
 * The protocol's own store, but for the way of a part's bytes to the disk. Through its pipeline each packet is handed
 * over half a dozen times and copied; here they go from the request to the file by the megabyte.
 */
export class PartStore extends FileStore {
  readonly #folder: string
  readonly #parts = new AsyncLocalStorage<Part>()

  constructor(folder: string) {
    super({ directory: folder })
    this.#folder = folder
  }

  /** Has `work` write the request's body instead of the one it is given, which stays empty until that is done. */
  async withBody<T>(
    request: IncomingMessage,
    work: (body: ReadableStream) => Promise<T>,
  ): Promise<T> {
    let end = (): void => {}
    const body = new ReadableStream({
      start: (controller) => {
        let isOpen = true
        end = () => {
          if (isOpen) controller.close()
          isOpen = false
        }
      },
    })
    try {
      return await this.#parts.run({ request, end }, () => work(body))
    } finally {
      end()
    }
  }

  /**
   * Answers how far the file is then. A part that is cut counts as far as it came.
   * @throws StorageError when there is more of it than was announced
   */
  override async write(readable: Readable, id: string, offset: number): Promise<number> {
    const part = this.#parts.getStore()
    if (!part) return super.write(readable, id, offset)
    const most = ((await this.configstore.get(id))?.size ?? 0) - offset
    // It ends before we end it when another request asks for the same upload.
    const givenUp = once(readable.resume(), 'end').then(() => ({ done: true, value: undefined }))
    const chunks: AsyncIterator<Buffer> = part.request.iterator({ destroyOnReturn: false })
    const handle = await open(join(this.#folder, id), 'a')
    const written = writeBehind(handle)
    let size = 0
    try {
      for (;;) {
        // Of one that was cut its sender is not there to be told.
        const coming = chunks.next().catch(() => ({ done: true, value: undefined }))
        const { done, value } = await Promise.race([coming, givenUp])
        if (done || !value) break
        size += value.length
        if (size > most) throw refusals.tooLarge()
        await written.add(value)
      }
      await written.end()
      return offset + size
    } finally {
      await written.drop()
      await handle.close()
      part.end()
      // Whoever reads leaves with the next bytes; only then do the rest go by.
      void chunks.return?.(undefined).then(() => part.request.resume())
    }
  }
}
