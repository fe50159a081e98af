import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { getRawHeader } from '@electron/asar'

type Node = {
  files?: Record<string, Node>
  size?: number
  offset?: string
  link?: string
  unpacked?: boolean
}
type Packed = [path: string, node: Node]

const packedIn = (node: Node, path: string): Packed[] => {
  if (node.unpacked) return []
  if (!node.files) return [[path, node]]
  return Object.entries(node.files).flatMap(([name, inner]) =>
    packedIn(inner, path ? `${path}/${name}` : name),
  )
}

/**
 * The archive as a folder of its name, in `folder`: only what is packed in it, with what is not beside it. Answers the
 * folder's path.
 */
export const openArchive = async (archive: string, folder: string): Promise<string> => {
  const opened = join(folder, 'app.asar')
  const { header, headerSize } = getRawHeader(archive)
  const bytes = await readFile(archive)
  // The sizes of the header lie before it.
  const begin = 8 + headerSize
  for (const [path, { offset = 0, size = 0, link }] of packedIn(header as Node, '')) {
    const place = join(opened, path)
    await mkdir(dirname(place), { recursive: true })
    if (link !== undefined) await symlink(link, place)
    else
      await writeFile(place, bytes.subarray(begin + Number(offset), begin + Number(offset) + size))
  }
  await cp(`${archive}.unpacked`, `${opened}.unpacked`, { recursive: true, verbatimSymlinks: true })
  return opened
}
