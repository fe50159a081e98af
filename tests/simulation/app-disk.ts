import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import type { Files, OpenFile } from '../../electron/main/store/files.ts'
import { sha256Of } from './file-system.ts'
import type { Random } from './random.ts'
import type { Life, World } from './world.ts'

/** `flushed` is what a power cut leaves at the least. */
type Node = { bytes: Uint8Array; flushed: Uint8Array }

class SystemError extends Error {
  readonly code: string
  constructor(code: string, file: string) {
    super(`${code}: ${file}`)
    this.code = code
  }
}

/** The folder where the application keeps copies. It outlives a crash; what was not flushed may not outlive a power cut. */
export class AppDisk {
  readonly names = new Map<string, Node>()
  /** Names as a power cut leaves them at the least. */
  #durable = new Map<string, Node>()
  /** Files that have gone bad, and nobody was told; with what they were. */
  readonly rotten = new Map<Node, Uint8Array>()
  isFull = false
  /** Told before a file goes away. */
  removing: (file: string, bytes: Uint8Array) => void = () => {}

  /** Copies by the name they bear, which is their hash. */
  blobs(): { sha256: string; node: Node }[] {
    return [...this.names].flatMap(([file, node]) => {
      const name = file.slice(file.lastIndexOf('/') + 1)
      return /^[0-9a-f]{64}$/.test(name) ? [{ sha256: name, node }] : []
    })
  }

  /** One of these has other bytes from now on. */
  rot(random: Random, may: (sha256: string) => boolean): void {
    const blobs = this.blobs().filter(({ sha256, node }) => may(sha256) && node.bytes.length > 0)
    if (blobs.length === 0) return
    const { node } = random.pick(blobs)
    if (!this.rotten.has(node)) this.rotten.set(node, node.bytes)
    node.bytes = Uint8Array.from(node.bytes)
    const at = random.below(node.bytes.length)
    node.bytes[at] = (node.bytes[at] ?? 0) ^ 1
    node.flushed = node.bytes
  }

  syncFolder(folder: string): void {
    for (const file of new Set([...this.names.keys(), ...this.#durable.keys()])) {
      if (dirname(file) !== folder) continue
      const node = this.names.get(file)
      if (node) this.#durable.set(file, node)
      else this.#durable.delete(file)
    }
  }

  /** Of names and bytes that were not flushed some are kept, as it comes. */
  cutPower(random: Random): void {
    for (const file of new Set([...this.names.keys(), ...this.#durable.keys()])) {
      const before = this.#durable.get(file)
      if (this.names.get(file) === before || random.chance(0.5)) continue
      if (before) this.names.set(file, before)
      else this.names.delete(file)
    }
    for (const node of this.names.values()) {
      if (node.bytes !== node.flushed) {
        const torn = Uint8Array.from(node.bytes)
        torn.fill(0, random.below(torn.length + 1))
        node.bytes = random.chance(0.3) ? node.flushed : torn
      }
      node.flushed = node.bytes
    }
    this.#durable = new Map(this.names)
  }
}

/** Bytes that go from one end to the other in one go. */
const chunk = 48

/** The port, as one running application has it: every call waits for its turn. */
export const openFiles = (world: World, life: Life, disk: AppDisk): Files => {
  const call = <T>(what: string, file: string, work: () => T, torn?: () => void): Promise<T> =>
    world.call(life, `files.${what} ${file.slice(-14)}`, work, torn)
  const nodeOf = (file: string): Node => {
    const node = disk.names.get(file)
    if (!node) throw new SystemError('ENOENT', file)
    return node
  }
  const refuseFull = (): void => {
    if (disk.isFull) throw new SystemError('ENOSPC', 'the disk')
  }
  const writeAt = (node: Node, bytes: Uint8Array, at: number): void => {
    const length = Math.max(node.bytes.length, at + bytes.length)
    const next = new Uint8Array(length)
    next.set(node.bytes)
    next.set(bytes, at)
    node.bytes = next
  }
  const opened = (file: string, node: Node): OpenFile => ({
    write: (bytes, at) => {
      const some = (): number => {
        const count = world.random.below(bytes.length + 1)
        writeAt(node, bytes.slice(0, count), at)
        return count
      }
      return call(
        'write',
        file,
        () => {
          refuseFull()
          // A system may write less than it was asked to.
          if (world.random.chance(0.1)) return some()
          writeAt(node, bytes, at)
          return bytes.length
        },
        some,
      )
    },
    truncate: (size) =>
      call('truncate', file, () => {
        node.bytes = node.bytes.slice(0, size)
      }),
    sync: () =>
      call('sync', file, () => {
        node.flushed = node.bytes
      }),
    close: () => call('close', file, () => undefined),
  })
  return {
    makeFolder: (folder) => call('makeFolder', folder, refuseFull),
    list: (folder) =>
      call('list', folder, () => {
        const inside = [...disk.names.keys()].filter((file) => file.startsWith(`${folder}/`))
        if (inside.length === 0) throw new SystemError('ENOENT', folder)
        const first = inside.map((file) => file.slice(folder.length + 1).split('/')[0] ?? '')
        return [...new Set(first)].sort()
      }),
    // As if all of it were of this moment.
    modifiedAt: (file) => call('modifiedAt', file, () => (nodeOf(file) ? world.now : 0)),
    size: (file) => call('size', file, () => nodeOf(file).bytes.length),
    read: (file) => call('read', file, () => Buffer.from(nodeOf(file).bytes)),
    stream: (file, start, end) =>
      Readable.from(
        (async function* () {
          for (let at = start; at <= end; at += chunk) {
            const to = Math.min(at + chunk, end + 1)
            const bytes = await call('stream', file, () => nodeOf(file).bytes.slice(at, to))
            if (bytes.length === 0) return
            yield bytes
          }
        })(),
      ),
    open: (file, flags) =>
      call('open', file, () => {
        if (flags === 'r+') return opened(file, nodeOf(file))
        refuseFull()
        const node: Node = disk.names.get(file) ?? { bytes: empty, flushed: empty }
        node.bytes = empty
        disk.names.set(file, node)
        return opened(file, node)
      }),
    rename: (from, to) =>
      call('rename', to, () => {
        const node = nodeOf(from)
        disk.names.delete(from)
        disk.names.set(to, node)
      }),
    remove: (file) =>
      call('remove', file, () => {
        const node = disk.names.get(file)
        if (node) disk.removing(file, node.bytes)
        disk.names.delete(file)
      }),
    syncFolder: (folder) => call('syncFolder', folder, () => disk.syncFolder(folder)),
  }
}

const empty = new Uint8Array()

/** Whether a file is what its name says. */
export const isWhole = (sha256: string, bytes: Uint8Array): boolean => sha256Of(bytes) === sha256
