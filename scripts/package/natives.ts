import { open, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type Executable, executableOf, headerBytes } from './executable.ts'
import { nativesFor } from './packages.ts'
import { nameOf, type Target } from './target.ts'

const headerOf = async (path: string): Promise<Buffer> => {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

export type Native = { path: string; executable: Executable }

/** Every program and library below a folder, with what it is built for; links aside, which have no bytes of their own. */
export const nativesIn = async (folder: string): Promise<Native[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const found: Native[] = []
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name)
    const executable = executableOf(await headerOf(path))
    if (executable) found.push({ path: relative(folder, path).replaceAll('\\', '/'), executable })
  }
  return found
}

/** What keeps these native parts from being those of the target, a sentence each. */
export const wrongNatives = (natives: Native[], target: Target): string[] => {
  const foreign = natives.flatMap(({ path, executable: { system, processors } }) =>
    system === target.system && processors.includes(target.processor) && processors.length === 1
      ? []
      : [
          `${path} is for ${system} ${processors.join(' and ')}, the package for ${nameOf(target)}.`,
        ],
  )
  const missing = nativesFor(target)
    .filter((wanted) => !natives.some(({ path }) => path === wanted))
    .map((wanted) => `${wanted} is missing.`)
  return [...missing, ...foreign]
}
