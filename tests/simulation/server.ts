import { createHash } from 'node:crypto'

/**
 * The server's rows, as the migrations have them: commit_artifact_changes, restore_artifact and pull_project with
 * their transactions. `tests/integration/simulation/model.test.ts` holds it against the real one, call by call.
 */
export class SqlError extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}
export type Role = 'viewer' | 'contributor'
export type FileRow = {
  id: string
  artifactId: string
  path: string
  mediaType: string
  size: number
  sha256: string
  revision: number
  isMain: boolean
  isExecutable: boolean
  isOwnerOnly: boolean
  /** As the client says; null where it did not, and the server's own clock counts. */
  modifiedAt: string | null
  deleted: boolean
  xid: number
}
export type Version = {
  fileId: string
  revision: number
  artifactRevision: number
  path: string
  sha256: string
  isExecutable: boolean
  isOwnerOnly: boolean
  modifiedAt: string | null
  removed: boolean
  /** Who committed it. */
  author: string
}
export type Artifact = {
  id: string
  title: string
  revision: number
  deleted: boolean
  xid: number
  files: Map<string, FileRow>
  versions: Version[]
}
export type Answer = Record<string, unknown>
/** Deliberate mistakes of a server: what the engine could not help, and the simulator must notice. */
export type ServerMutation = {
  lateRowsAreSkipped?: true
  expectedIsIgnored?: true
  repeatsAreConflicts?: true
  bytesAreNotChecked?: true
  digestsAreNotCompared?: true
  caseTells?: true
  asManyAreTheSame?: true
  bitsAreNoChange?: true
}

/** Of all artifacts and files: nothing here changes what an artifact says of itself. */
const updatedAt = '2026-01-31T12:00:00+00:00'

/** As the database writes it. */
const asTime = (text: string): string => new Date(text).toISOString().replace(/\.?0*Z$/, '+00:00')

/** The number of rows and one sum, whatever their order. */
const sumOf = (rows: readonly (readonly (string | number)[])[]): string => {
  const numbers = rows.map((row) => createHash('sha256').update(row.join(' ')).digest())
  return `${rows.length} ${numbers.reduce((sum, bytes) => sum + bytes.readBigInt64BE(0), 0n)}`
}
const digestOf = (files: readonly FileRow[]): string =>
  sumOf(files.map(({ id, sha256, size, revision, path }) => [id, sha256, size, revision, path]))
const liveFilesOf = (artifacts: readonly Artifact[]): FileRow[] =>
  artifacts.flatMap(({ deleted, files }) =>
    deleted ? [] : [...files.values()].filter((file) => !file.deleted),
  )

type Change = {
  place: number
  op: string
  fileId: string
  path: string
  sha256: string
  size: number
  mediaType: string
  isMain: boolean | null
  md5: string | null
  isExecutable: boolean | null
  isOwnerOnly: boolean | null
  modifiedAt: string | null
}
/** A change that holds the artifact until it ends; `apply` is what the others see from then on. */
type Prepared = { answer: Answer; apply: ((xid: number) => Version[]) | null }

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const refusedPath = /(^|\/)(\.{1,2})?(\/|$)|[\\\p{Cc}]/u
const input = (message: string): SqlError => new SqlError(400, '22023', message)

/** `lower(normalize(path, nfc))` */
export const foldedPath = (path: string): string => path.normalize('NFC').toLowerCase()

export class Rows {
  readonly projectId: string
  readonly artifacts = new Map<string, Artifact>()
  readonly members = new Map<string, Role>()
  readonly mutation: ServerMutation
  /** Told of every version when it is committed. */
  committed: (versions: Version[]) => void = () => {}
  /** Whether an object of this name and size is there. */
  sizeOf: (key: string) => number | null = () => null
  md5Of: (key: string) => string | null = () => null
  epoch = '7000.1'
  /** Commits of which everything was so already. */
  vain = 0
  #nextXid = 700
  #running = new Set<number>()
  /** Who holds an artifact, and who waits for it. */
  #held = new Map<string, (() => void)[]>()

  constructor(projectId: string, mutation: ServerMutation) {
    this.projectId = projectId
    this.mutation = mutation
  }

  addArtifact(id: string, title: string): Artifact {
    const artifact: Artifact = {
      id,
      title,
      revision: 0,
      deleted: false,
      xid: this.#nextXid,
      files: new Map(),
      versions: [],
    }
    this.#nextXid += 1
    this.artifacts.set(id, artifact)
    return artifact
  }

  get isChanging(): boolean {
    return this.#held.size > 0
  }

  /** A transaction that has a number and has not ended. */
  begin(): number {
    const xid = this.#nextXid
    this.#nextXid += 1
    this.#running.add(xid)
    return xid
  }

  end(xid: number): void {
    this.#running.delete(xid)
  }

  /** Another history of transactions: a cluster that was restored elsewhere. */
  restoreElsewhere(epoch: string): void {
    if (this.#running.size > 0) return
    this.epoch = epoch
    this.#nextXid = 700
    for (const artifact of this.artifacts.values()) {
      artifact.xid = 700
      for (const file of artifact.files.values()) file.xid = 700
    }
    this.#nextXid = 701
  }

  setDeleted(artifactId: string, deleted: boolean): void {
    const artifact = this.artifacts.get(artifactId)
    if (!artifact || artifact.deleted === deleted) return
    const xid = this.begin()
    artifact.deleted = deleted
    artifact.xid = xid
    if (!deleted) for (const file of artifact.files.values()) file.xid = xid
    this.end(xid)
  }

  /**
   * One change of an artifact from its beginning to its end. `pause` is called while it is under way: everybody
   * else sees the rows of before, and a pull's cursor stays behind it.
   */
  async change(
    artifactId: string,
    user: string,
    prepare: (artifact: Artifact) => Prepared,
    pause: () => Promise<void>,
  ): Promise<Answer> {
    // Some have their number before they wait for the artifact.
    const xid = this.begin()
    try {
      const waiting = this.#held.get(artifactId)
      if (waiting) await new Promise<void>((resolve) => waiting.push(resolve))
      else this.#held.set(artifactId, [])
      try {
        const artifact = this.#toChange(artifactId, user)
        const { answer, apply } = prepare(artifact)
        await pause()
        if (apply) this.committed(apply(xid))
        return answer
      } finally {
        const next = this.#held.get(artifactId)?.shift()
        if (next) next()
        else this.#held.delete(artifactId)
      }
    } finally {
      this.end(xid)
    }
  }

  /** Private.artifact_to_change. */
  #toChange(artifactId: string, user: string): Artifact {
    const artifact = this.artifacts.get(artifactId)
    const role = this.members.get(user)
    if (!artifact || artifact.deleted || !role)
      throw new SqlError(404, 'PT404', 'There is no such artifact.')
    if (role !== 'contributor')
      throw new SqlError(403, '42501', 'You may read this artifact but not change it.')
    return artifact
  }

  prepareCommit(artifact: Artifact, user: string, expected: unknown, changes: unknown): Prepared {
    const known = (expected ?? {}) as Record<string, unknown>
    const isRevision = (value: unknown): boolean =>
      typeof value === 'number' && /^\d{1,18}$/.test(String(value))
    if (
      typeof known !== 'object' ||
      Array.isArray(known) ||
      !Object.values(known).every(isRevision)
    )
      throw input('expected must give a revision for each file.')
    const checked = checkedChanges(changes)
    const leaving = new Set(
      checked.flatMap(({ op, fileId, path }) => {
        const file = artifact.files.get(fileId)
        const leaves =
          file &&
          !file.deleted &&
          (op === 'remove' || (path !== null && foldedPath(file.path) !== foldedPath(path)))
        return leaves ? [fileId] : []
      }),
    )
    const conflicts: Answer[] = []
    const done: Answer[] = []
    const todo: Change[] = []
    for (const change of checked) {
      if (
        !['put', 'remove'].includes(change.op) ||
        change.fileId === null ||
        (change.op === 'put' &&
          (change.path === null || change.sha256 === null || change.size === null))
      )
        throw input(`Change ${change.place} is not complete.`)
      const wants = this.mutation.expectedIsIgnored ? null : Number(known[change.fileId] ?? 0)
      const file = artifact.files.get(change.fileId)
      if (!file)
        for (const other of this.artifacts.values())
          if (other.files.has(change.fileId))
            throw input(`File ${change.fileId} belongs to another artifact.`)
      if (checked.some(({ fileId, place }) => fileId === change.fileId && place < change.place))
        throw input(`File ${change.fileId} is in two changes of one commit.`)
      const conflict = (path: string, sha256: string | null, reason: string): void => {
        const revision = file?.revision ?? null
        conflicts.push({ file_id: change.fileId, path, revision, sha256, reason })
      }
      if (change.op === 'remove') {
        if (!file || file.deleted) continue
        if (wants !== null && file.revision !== wants) conflict(file.path, file.sha256, 'changed')
        else todo.push(change)
        continue
      }
      const isSo =
        file &&
        !file.deleted &&
        file.sha256 === change.sha256 &&
        file.path === change.path &&
        (this.mutation.bitsAreNoChange ||
          (change.isExecutable ?? file.isExecutable) === file.isExecutable)
      if (isSo && !this.mutation.repeatsAreConflicts) {
        done.push({ file_id: file.id, revision: file.revision })
        continue
      }
      if (wants !== null && (file?.revision ?? 0) !== wants) {
        const reason = !file || file.deleted ? 'removed' : 'changed'
        conflict(file?.path ?? change.path, file?.sha256 ?? null, reason)
        continue
      }
      const isTaken = [...artifact.files.values()].some(
        (other) =>
          !other.deleted &&
          other.id !== change.fileId &&
          (this.mutation.caseTells
            ? other.path === change.path
            : foldedPath(other.path) === foldedPath(change.path)) &&
          !leaving.has(other.id),
      )
      if (isTaken) {
        conflict(change.path, null, 'path-taken')
        continue
      }
      const key = `${artifact.id}/${change.sha256}`
      const isThere =
        this.sizeOf(key) === change.size &&
        (change.md5 === null ||
          [change.md5, null].includes(this.md5Of(key)) ||
          this.mutation.digestsAreNotCompared === true)
      if (!isThere && !this.mutation.bytesAreNotChecked)
        throw new SqlError(409, 'PT409', `The bytes of ${change.path} are not in storage.`)
      todo.push(change)
    }
    if (conflicts.length > 0) return { answer: { status: 'conflict', conflicts }, apply: null }
    const status = 'committed'
    if (todo.length === 0) this.vain += 1
    if (todo.length === 0)
      return { answer: { status, revision: artifact.revision, files: done }, apply: null }
    this.#check(artifact, todo)
    const revision = artifact.revision + 1
    const order = [...todo].sort((a, b) => Number(a.op === 'put') - Number(b.op === 'put'))
    const answer: Answer = { status, revision, files: done }
    for (const { fileId } of order)
      done.push({ file_id: fileId, revision: (artifact.files.get(fileId)?.revision ?? 0) + 1 })
    return { answer, apply: (xid) => applyTo(artifact, order, revision, xid, user) }
  }

  prepareRestore(artifact: Artifact, user: string, revision: number): Prepared {
    if (!Number.isInteger(revision) || revision < 0 || revision > artifact.revision)
      throw input(`There is no revision ${revision} of this artifact.`)
    const past = new Map<string, Version>()
    for (const version of artifact.versions)
      if (version.artifactRevision <= revision) past.set(version.fileId, version)
    const expected: Record<string, number> = {}
    const changes: Answer[] = []
    for (const file of artifact.files.values()) {
      const then = past.get(file.id)
      const wasThere = then !== undefined && !then.removed
      if (
        wasThere
          ? !file.deleted &&
            file.sha256 === then.sha256 &&
            file.path === then.path &&
            file.isExecutable === then.isExecutable
          : file.deleted
      )
        continue
      expected[file.id] = file.revision
      changes.push(
        wasThere
          ? {
              op: 'put',
              file_id: file.id,
              path: then.path,
              sha256: then.sha256,
              size: this.sizeOf(`${artifact.id}/${then.sha256}`),
              media_type: file.mediaType,
              is_executable: then.isExecutable,
              is_owner_only: then.isOwnerOnly,
              modified_at: then.modifiedAt,
            }
          : { op: 'remove', file_id: file.id },
      )
    }
    if (changes.length === 0)
      return {
        answer: { status: 'committed', revision: artifact.revision, files: [] },
        apply: null,
      }
    return this.prepareCommit(artifact, user, expected, changes)
  }

  pull(
    user: string,
    project: string,
    since: string | null,
    ofEpoch: string | null,
    part: {
      artifact: string | null
      after: string | null
      atMost: number | null
      digest: string | null
      afterArtifact: string | null
      withDigest: boolean
    },
  ): Answer {
    if (project !== this.projectId || !this.members.has(user))
      throw new SqlError(404, 'PT404', 'There is no such project.')
    const running = this.mutation.lateRowsAreSkipped ? [] : [...this.#running]
    const cursor = Math.min(this.#nextXid, ...running)
    const { after, atMost, afterArtifact } = part
    const most = Math.max(atMost ?? Number.POSITIVE_INFINITY, 1)
    const known =
      since !== null && Number(since) <= cursor && (ofEpoch ?? this.epoch) === this.epoch
        ? Number(since)
        : null
    const all = [...this.artifacts.values()].filter(
      ({ id }) => part.artifact === null || id === part.artifact,
    )
    const changed = all.flatMap((artifact) =>
      [artifact, ...artifact.files.values()].filter(({ xid }) => known !== null && xid >= known),
    )
    // More news than ten parts of everything.
    const from = changed.length > 10 * most ? null : known
    const inParts = from === null && atMost !== null
    const isOfArtifacts = inParts && afterArtifact !== null
    const live = all
      .filter(({ deleted, id }) => !deleted && (!isOfArtifacts || id > afterArtifact))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    const artifacts =
      from !== null
        ? all.filter(({ xid }) => xid >= from)
        : isOfArtifacts
          ? live.slice(0, most)
          : inParts && part.artifact === null && after !== null
            ? []
            : live
    const found = all.flatMap((artifact) =>
      [...artifact.files.values()].filter((file) =>
        from === null
          ? !file.deleted && !artifact.deleted && (after === null || file.id > after)
          : file.xid >= from,
      ),
    )
    if (atMost !== null) found.sort((a, b) => (a.id < b.id ? -1 : 1))
    const isAll = (digest: string): boolean => {
      const there = liveFilesOf(all)
      return this.mutation.asManyAreTheSame
        ? Number.parseInt(digest, 10) === there.length
        : digest === digestOf(there)
    }
    const wholeDigest = (): string => {
      const there = all.filter(({ deleted }) => !deleted)
      return `${sumOf(there.map(({ id }) => [id, updatedAt]))} ${digestOf(liveFilesOf(there))}`
    }
    const same = inParts && !isOfArtifacts && part.digest !== null && isAll(part.digest)
    const files = same || isOfArtifacts ? [] : from === null ? found.slice(0, most) : found
    return {
      role: this.members.get(user),
      upload_rules: '524288000',
      cursor: String(cursor),
      epoch: this.epoch,
      artifacts: artifacts.map((artifact) => ({
        id: artifact.id,
        project_id: this.projectId,
        title: artifact.title,
        description: null,
        artifact_type: 'website',
        status: 'ready',
        is_public: false,
        revision: artifact.revision,
        updated_at: updatedAt,
        deleted_at: artifact.deleted ? updatedAt : null,
      })),
      files: files.map((file) => ({
        id: file.id,
        artifact_id: file.artifactId,
        file_path: file.path,
        file_name: file.path.replace(/^.*\//, ''),
        file_type: file.mediaType,
        file_size: file.size,
        sha256: file.sha256,
        revision: file.revision,
        is_main_file: file.isMain,
        is_executable: file.isExecutable,
        is_owner_only: file.isOwnerOnly,
        modified_at: file.modifiedAt === null ? updatedAt : asTime(file.modifiedAt),
        storage_path: `${file.artifactId}/${file.sha256}`,
        updated_at: updatedAt,
        deleted_at: file.deleted ? updatedAt : null,
      })),
      ...(from === null
        ? {
            artifact_ids: artifacts.map(({ id }) => id),
            ...(atMost === null
              ? { file_ids: files.map(({ id }) => id) }
              : { more: (isOfArtifacts ? artifacts : files).length >= most, same }),
          }
        : { removed_artifact_ids: [], digest: part.withDigest ? wholeDigest() : null }),
    }
  }

  /** What the tables themselves refuse. */
  #check(artifact: Artifact, todo: readonly Change[]): void {
    for (const { op, path, sha256, size } of todo)
      if (
        op === 'put' &&
        (path.length < 1 ||
          [...path].length > 1024 ||
          refusedPath.test(path) ||
          !/^[0-9a-f]{64}$/.test(sha256) ||
          size < 0)
      )
        throw new SqlError(400, '23514', 'new row violates check constraint')
    const live = new Map(
      [...artifact.files.values()].map((file) => [file.id, file.deleted ? null : file.path]),
    )
    for (const { op, fileId, path } of todo) live.set(fileId, op === 'put' ? path : null)
    const folds = [...live.values()].flatMap((path) => (path === null ? [] : [foldedPath(path)]))
    if (new Set(folds).size < folds.length && !this.mutation.caseTells)
      throw new SqlError(409, '23505', 'duplicate key value violates unique constraint')
  }
}

const checkedChanges = (changes: unknown): Change[] => {
  if (!Array.isArray(changes) || changes.length < 1 || changes.length > 10_000)
    throw input('changes must be an array of 1 to 10000 changes')
  return (changes as Record<string, unknown>[]).map((change, index) => {
    const fileId = change.file_id ?? null
    const isOne = (value: unknown): boolean =>
      [undefined, null, true, false].includes(value as null)
    const isForm =
      (fileId === null || uuid.test(String(fileId))) &&
      isOne(change.is_executable) &&
      isOne(change.is_owner_only) &&
      (change.modified_at == null || Date.parse(String(change.modified_at)) >= 0)
    if (!isForm)
      throw input('A change is not of its form: an id, a size, a time or a yes-or-no is none.')
    return {
      place: index + 1,
      op: change.op as string,
      fileId: fileId as string,
      path: (change.path ?? null) as string,
      sha256: (change.sha256 ?? null) as string,
      size: (change.size ?? null) as number,
      mediaType: (change.media_type ?? 'application/octet-stream') as string,
      isMain: (change.is_main ?? null) as boolean | null,
      md5: (change.md5 ?? null) as string | null,
      isExecutable: (change.is_executable ?? null) as boolean | null,
      isOwnerOnly: (change.is_owner_only ?? null) as boolean | null,
      modifiedAt: (change.modified_at ?? null) as string | null,
    }
  })
}

const applyTo = (
  artifact: Artifact,
  changes: readonly Change[],
  revision: number,
  xid: number,
  author: string,
): Version[] => {
  artifact.revision = revision
  artifact.xid = xid
  const made = changes.map((change): Version => {
    const { op, fileId, path, sha256, size, mediaType, isMain } = change
    const file = artifact.files.get(fileId)
    const next: FileRow =
      op === 'remove' && file
        ? { ...file, deleted: true, revision: file.revision + 1, xid }
        : {
            id: fileId,
            artifactId: artifact.id,
            path,
            mediaType,
            size,
            sha256,
            revision: (file?.revision ?? 0) + 1,
            isMain: isMain ?? file?.isMain ?? false,
            isExecutable: change.isExecutable ?? file?.isExecutable ?? false,
            isOwnerOnly: change.isOwnerOnly ?? file?.isOwnerOnly ?? false,
            modifiedAt:
              change.modifiedAt ?? (file?.sha256 === sha256 ? (file?.modifiedAt ?? null) : null),
            deleted: false,
            xid,
          }
    artifact.files.set(fileId, next)
    return {
      fileId,
      revision: next.revision,
      artifactRevision: revision,
      path: next.path,
      sha256: next.sha256,
      isExecutable: next.isExecutable,
      isOwnerOnly: next.isOwnerOnly,
      modifiedAt: next.modifiedAt,
      removed: next.deleted,
      author,
    }
  })
  artifact.versions.push(...made)
  return made
}
