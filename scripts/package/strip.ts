import { join } from 'node:path'
import { run } from '../run.ts'
import { executableOf, isSigned } from './executable.ts'
import { nativesIn } from './natives.ts'

/**
 * Takes out of macOS' programs and libraries the names that only a debugger reads (2 MB). What they export stays, and
 * electron-builder signs each anew.
 */
export const stripLocalNames = async (folder: string): Promise<void> => {
  const files = (await nativesIn(folder)).map(({ path }) => join(folder, path))
  const program = process.platform === 'darwin' ? 'strip' : 'llvm-strip'
  const code = await run(program, ['-x', ...files]).catch(() => 1)
  if (code !== 0)
    throw new Error(
      `${program} could not take the local names out of ${folder}. It comes with Xcode's command line tools, and on Debian with llvm.`,
    )
}

/**
 * A Windows library without what a debugger reads of it (1.3 MB in all): GCC lays that into sections at its end, where
 * nothing else leads to. Its own bytes where there is none, or where they are signed.
 */
export const withoutDebugSections = (bytes: Buffer): Buffer => {
  if (executableOf(bytes)?.system !== 'win32' || isSigned(bytes)) return bytes
  const header = bytes.readUInt32LE(60)
  const optional = header + 24
  const table = optional + bytes.readUInt16LE(header + 20)
  const strings = bytes.readUInt32LE(header + 12) + bytes.readUInt32LE(header + 16) * 18
  const sections = Array.from({ length: bytes.readUInt16LE(header + 6) }, (_, index) => {
    const at = table + index * 40
    // A name that is too long stands in the table of strings.
    const [, place] = /^\/(\d+)/.exec(bytes.toString('latin1', at, at + 8)) ?? []
    const name = place === undefined ? at : strings + Number(place)
    return {
      isDebug: bytes.toString('latin1', name, name + 7) === '.debug_',
      memoryEnd: bytes.readUInt32LE(at + 12) + bytes.readUInt32LE(at + 8),
      fileEnd: bytes.readUInt32LE(at + 20) + bytes.readUInt32LE(at + 16),
    }
  })
  const count = sections.findIndex(({ isDebug }) => isDebug)
  const kept = sections.slice(0, count)
  const last = kept.at(-1)
  if (!last || !sections.slice(count).every(({ isDebug }) => isDebug)) return bytes
  const left = Buffer.from(bytes.subarray(0, Math.max(...kept.map(({ fileEnd }) => fileEnd))))
  left.writeUInt16LE(count, header + 6)
  // No table of symbols, and no sum of the former file.
  left.fill(0, header + 12, header + 20)
  left.fill(0, optional + 64, optional + 68)
  left.fill(0, table + count * 40, table + sections.length * 40)
  const alignment = left.readUInt32LE(optional + 32)
  left.writeUInt32LE(Math.ceil(last.memoryEnd / alignment) * alignment, optional + 56)
  return left
}
