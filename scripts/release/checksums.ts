import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What people and updaters fetch: packages, what describes them, and what changed in them. */
export const isPublished = (name: string): boolean =>
  /\.(deb|rpm|AppImage|dmg|zip|exe|blockmap)$|\.tar\.gz$|^latest.*\.yml$/.test(name)

const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** `SHA256SUMS`, as `sha256sum --check` reads it. Answers the names. */
export const writeChecksums = async (folder: string): Promise<string[]> => {
  const names = (await readdir(folder)).filter(isPublished).sort()
  if (names.length === 0) throw new Error(`There is nothing to publish in ${folder}.`)
  const lines: string[] = []
  for (const name of names) lines.push(`${await sha256Of(join(folder, name))}  ${name}\n`)
  await writeFile(join(folder, 'SHA256SUMS'), lines.join(''))
  return names
}
