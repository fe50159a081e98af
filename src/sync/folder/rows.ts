import { Failure } from '../../domain/failure.ts'
import type { PackedMap } from './packed-map.ts'
import { packPermissions } from './permissions.ts'
import type { Pulled, Remote, RemoteChanges, RemoteFile } from './ports.ts'

/** All rows of the store, as they come; nobody is told of them. */
export const fill = async <Row>(
  tree: PackedMap<Row>,
  rowsAfter: (key: string) => Promise<Row[]>,
  keyIn: (row: Row) => string,
): Promise<void> => {
  for (let after = ''; ; ) {
    const rows = await rowsAfter(after)
    for (const row of rows) {
      after = keyIn(row)
      tree.load(after, row)
    }
    if (rows.length === 0) return
  }
}

const isSameFile = (a: RemoteFile, b: RemoteFile): boolean =>
  a.path === b.path &&
  a.sha256 === b.sha256 &&
  a.size === b.size &&
  a.revision === b.revision &&
  packPermissions(a.permissions) === packPermissions(b.permissions) &&
  a.modifiedAt === b.modifiedAt

/** What of everything there is at the server is not as it was known. */
export const changesOf = async (
  { cursor }: Pulled,
  whole: AsyncIterable<RemoteFile[]>,
  known: PackedMap<RemoteFile>,
  remote: Remote,
  signal: AbortSignal,
): Promise<RemoteChanges | 'gone'> => {
  const files = new Map<string, RemoteFile>()
  const removed = new Set(known.keys())
  let pieces = 0
  for await (const piece of whole) {
    pieces += 1
    for (const file of piece) {
      removed.delete(file.fileId)
      const before = known.get(file.fileId)
      if (!before || !isSameFile(before, file)) files.set(file.fileId, file)
    }
  }
  if (pieces < 2) return { cursor, files: [...files.values()], removed: [...removed] }
  // Two pieces may both have a name that went from one file to another between them.
  const since = await remote.pull(cursor, signal)
  if (!since.present) return 'gone'
  if (since.whole)
    throw new Failure('server.unavailable', 'The server’s history is another one meanwhile.')
  for (const fileId of since.removed) {
    files.delete(fileId)
    if (known.has(fileId)) removed.add(fileId)
  }
  for (const file of since.files) {
    removed.delete(file.fileId)
    files.set(file.fileId, file)
  }
  return { cursor: since.cursor, files: [...files.values()], removed: [...removed] }
}
