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
type Named = [path: string, node: Node]

const namedIn = (node: Node, path: string): Named[] =>
  node.files
    ? Object.entries(node.files).flatMap(([name, inner]) =>
        namedIn(inner, path ? `${path}/${name}` : name),
      )
    : [[path, node]]

/**
 * The archive as a folder of its name, in `folder`, with what is not packed beside it. Of that the folder has the names,
 * as an archive does, on files that are empty and cannot be run; and what packages say of themselves, which Node's
 * resolver reads by itself. Answers the folder's path.
 */
export const openArchive = async (archive: string, folder: string): Promise<string> => {
  const opened = join(folder, 'app.asar')
  const { header, headerSize } = getRawHeader(archive)
  const bytes = await readFile(archive)
  // The sizes of the header lie before it.
  const begin = 8 + headerSize
  const contentOf = async (path: string, { offset = '0', size = 0, unpacked }: Node) => {
    if (!unpacked) return bytes.subarray(begin + Number(offset), begin + Number(offset) + size)
    return path.endsWith('/package.json') ? readFile(join(`${archive}.unpacked`, path)) : ''
  }
  for (const [path, node] of namedIn(header as Node, '')) {
    const place = join(opened, path)
    await mkdir(dirname(place), { recursive: true })
    if (node.link === undefined) await writeFile(place, await contentOf(path, node))
    else if (!node.unpacked) await symlink(node.link, place)
  }
  await cp(`${archive}.unpacked`, `${opened}.unpacked`, { recursive: true, verbatimSymlinks: true })
  return opened
}
