/** A file as the server has it, or had it when it was last pulled. */
export type RemoteFile = {
  id: string
  artifactId: string
  path: string
  sha256: string
  /** Bytes. */
  size: number
  revision: number
  deleted: boolean
}

/** An edit made here and not yet sent. `baseRevision` is what it was made on; 0 for a new file. */
export type LocalEdit = {
  fileId: string
  artifactId: string
  path: string
  sha256: string
  size: number
  baseRevision: number
  /** What a commit last named and the revision that gave it, whether or not its answer came; null before. */
  sentSha256?: string | null
  sentRevision?: number | null
}

export type Operation =
  | { kind: 'download'; file: RemoteFile }
  /** Send the bytes and commit them over exactly `expectedRevision`. */
  | { kind: 'upload'; edit: LocalEdit; expectedRevision: number }
  /** The server already has what was edited: forget the edit. */
  | { kind: 'settle'; edit: LocalEdit; revision: number }
  /** Both sides changed: theirs stays the file, ours becomes a new one beside it. */
  | { kind: 'keepBoth'; edit: LocalEdit; theirs: RemoteFile }

export type PlanInput = {
  remote: readonly RemoteFile[]
  local: readonly LocalEdit[]
  /** Hashes whose bytes are on this computer. */
  cached: ReadonlySet<string>
  /** Which files' bytes are wanted here. */
  wanted: (file: RemoteFile) => boolean
}

/**
 * What one pass over a project has to do. Pure; uploads come first, because unsent bytes are the only
 * ones that can be lost. An edit beats a deletion, and no edit is ever dropped unless the server has
 * the very same bytes under the same name.
 */
export const plan = ({ remote, local, cached, wanted }: PlanInput): Operation[] => {
  const known = new Map(remote.map((file) => [file.id, file]))
  const sends = local.map((edit): Operation => {
    const theirs = known.get(edit.fileId)
    if (!theirs) return { kind: 'upload', edit, expectedRevision: 0 }
    if (theirs.deleted) return { kind: 'upload', edit, expectedRevision: theirs.revision }
    if (theirs.sha256 === edit.sha256 && theirs.path === edit.path)
      return { kind: 'settle', edit, revision: theirs.revision }
    // Our own, sent before this edit was made: its answer was lost.
    const isOurs = theirs.revision === edit.sentRevision && theirs.sha256 === edit.sentSha256
    if (theirs.revision === edit.baseRevision || isOurs)
      return { kind: 'upload', edit, expectedRevision: theirs.revision }
    return { kind: 'keepBoth', edit, theirs }
  })
  const taken = new Set<string>()
  const downloads = remote.flatMap((file): Operation[] => {
    if (file.deleted || cached.has(file.sha256) || taken.has(file.sha256) || !wanted(file))
      return []
    taken.add(file.sha256)
    return [{ kind: 'download', file }]
  })
  return [...sends, ...downloads]
}
