import { createHash, randomUUID } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { diskPathOf, type Platform } from '../../src/domain/disk-name.ts'
import { Failure } from '../../src/domain/failure.ts'
import { folderFailure, moveBeside, syncFolder } from './durable-fs.ts'

/** @throws file.hash-mismatch when they are not those of the hash */
const writeVerified = async (
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  sha256: string,
): Promise<void> => {
  const handle = await open(file, 'wx')
  try {
    const hash = createHash('sha256')
    for await (const chunk of bytes) {
      hash.update(chunk)
      await handle.writeFile(chunk)
    }
    if (hash.digest('hex') !== sha256)
      throw new Failure('file.hash-mismatch', 'The disk did not keep these bytes.')
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Puts bytes into a folder under the name of their file, or one with a number where that is taken; it has that name
 * once they are whole. Answers where it is.
 */
export const copyInto = async (
  folder: string,
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  sha256: string,
): Promise<string> => {
  const part = join(folder, `.atelier-${randomUUID()}.part`)
  try {
    const name = diskPathOf(path.slice(path.lastIndexOf('/') + 1), process.platform as Platform)
    const dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length
    await writeVerified(part, bytes, sha256)
    for (let count = 1; ; count += 1) {
      const file = join(
        folder,
        count === 1 ? name : `${name.slice(0, dot)} ${count}${name.slice(dot)}`,
      )
      if (!(await moveBeside(part, file))) continue
      await syncFolder(folder)
      return file
    }
  } catch (error) {
    await rm(part, { force: true }).catch(() => {})
    throw folderFailure(error)
  }
}
