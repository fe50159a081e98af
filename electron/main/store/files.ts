import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'

/** A file that is being written. */
export type OpenFile = {
  /** Bytes at a place. Answers how many of them were written. */
  write(bytes: Uint8Array, at: number): Promise<number>
  truncate(size: number): Promise<void>
  /** Makes what was written durable. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** All that the blob store knows of a disk, so that a simulator can be one. Paths are absolute; errors are the system's. */
export type Files = {
  /** With those above it, all of them durable. */
  makeFolder(folder: string): Promise<void>
  list(folder: string): Promise<string[]>
  size(file: string): Promise<number>
  /** Milliseconds since the epoch. */
  modifiedAt(file: string): Promise<number>
  read(file: string): Promise<Buffer>
  /** Both ends inclusive. */
  stream(file: string, start: number, end: number): Readable
  /** `w` empties it, `r+` keeps what is there. */
  open(file: string, flags: 'w' | 'r+'): Promise<OpenFile>
  /** Durable once the folder is synced. */
  rename(from: string, to: string): Promise<void>
  /** What is not there is no error. */
  remove(file: string): Promise<void>
  syncFolder(folder: string): Promise<void>
}

/** POSIX: a name is durable once its folder is. Windows cannot open folders. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

/** Folders whose names this very run made durable: one that was there already an earlier run may have left otherwise. */
const durable = new Set<string>()

export const realFiles: Files = {
  makeFolder: async (folder) => {
    const first = await mkdir(folder, { recursive: true })
    if (first === undefined && durable.has(folder)) return
    // Of two levels a blob's own folder is made.
    const last = first ?? dirname(folder)
    for (let made = folder; made.length >= last.length; made = dirname(made))
      await syncFolder(dirname(made))
    durable.add(folder)
  },
  list: (folder) => readdir(folder),
  size: async (file) => (await stat(file)).size,
  modifiedAt: async (file) => (await stat(file)).mtimeMs,
  read: (file) => readFile(file),
  stream: (file, start, end) => createReadStream(file, { start, end, highWaterMark: 256 * 1024 }),
  open: async (file, flags) => {
    const handle = await open(file, flags)
    return {
      write: async (bytes, at) => (await handle.write(bytes, 0, bytes.byteLength, at)).bytesWritten,
      truncate: (size) => handle.truncate(size),
      sync: () => handle.sync(),
      close: () => handle.close(),
    }
  },
  rename,
  remove: (file) => rm(file, { force: true }),
  syncFolder,
}
