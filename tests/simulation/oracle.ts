import { foldPath } from '../../src/domain/file-path.ts'
import type { Cursor, RemoteFile } from '../../src/sync/folder/ports.ts'
import { sha256Of } from './file-system.ts'
import { foldedPath, type Rows, type Version } from './server.ts'

/** Of a conflict copy: the file at the server that was changed too (null: one that has the name, `place`, or lies in it). */
export type Cause = { fileId: string | null; place: string; seen: readonly RemoteFile[] }

/**
 * What happened in truth, as somebody sees it who looks at every computer and the server at once: which bytes people
 * made and which of them they gave up themselves. It says at once when the engine does what it never may.
 */
export class Oracle {
  readonly #rows: Rows
  readonly #artifactId: string
  /** Every content that was ever made, by hash; how often somebody saved it. */
  readonly #made = new Map<string, number>()
  readonly #makers = new Map<string, string>()
  /** What nobody gave up: it has to be somewhere at the end. */
  readonly required = new Set<string>()
  /** What somebody gave up while there was a copy of it, which others may have been about to move away. */
  readonly letGo = new Set<string>()
  /** What each person overwrote, deleted or moved on their disk, and what their disk ever had. */
  readonly #touched = new Map<string, Set<string>>()
  readonly #had = new Map<string, Set<string>>()
  /** Names that a person gave to bytes they had: to keep them, as editors do, or as another file. */
  readonly #named = new Map<string, Set<string>>()
  /** What a person gave up for what the server has. */
  readonly #given = new Map<string, Set<string>>()
  readonly #stepped = new Map<string, Set<string>>()
  readonly #noted = new Map<string, Set<string>>()
  readonly #heads = new Map<string, Version>()
  readonly #note: (line: string) => void
  readonly trouble: string[] = []
  /** Whether somebody has bytes that were at a path, where no sync can see that they are those. */
  hasOddly: (who: string, path: string, sha256: string) => boolean = () => false

  /** Whether a person made bytes executable, or took that from them; false where nobody can on that computer. */
  hasMarked: (who: string, sha256: string, isExecutable: boolean) => boolean = () => false

  constructor(rows: Rows, artifactId: string, note: (line: string) => void) {
    this.#rows = rows
    this.#artifactId = artifactId
    this.#note = note
    rows.committed = (versions) => {
      for (const version of versions) this.#committed(version)
      for (const version of versions) this.#isAlone(version)
    }
  }

  /** Bytes that were copied: which of the copies is meant, nobody can say. */
  isCopied(sha256: string): boolean {
    return (this.#made.get(sha256) ?? 0) > 1
  }

  /** Whether the server has a file of this name, in whatever case. */
  isAtServer(path: string): boolean {
    const fold = foldPath(path)
    const files = this.#rows.artifacts.get(this.#artifactId)?.files.values() ?? []
    return [...files].some((file) => !file.deleted && foldPath(file.path) === fold)
  }

  fail(what: string): void {
    this.#note(`TROUBLE ${what}`)
    if (this.trouble.length < 20) this.trouble.push(what)
  }

  /** `kept`: whether the bytes count; those of a file that is half written do not. */
  saved(who: string, bytes: Uint8Array, kept = true): void {
    const sha256 = sha256Of(bytes)
    this.#made.set(sha256, (this.#made.get(sha256) ?? 0) + 1)
    if (!this.#makers.has(sha256)) this.#makers.set(sha256, who)
    setOf(this.#had, who).add(sha256)
    if (kept && bytes.length > 0) this.required.add(sha256)
  }

  /** Bytes that somebody was told are safe. */
  promised(bytes: Uint8Array): void {
    if (bytes.length > 0) this.required.add(sha256Of(bytes))
  }

  /** A person has seen what a file has. */
  saw(who: string, sha256: string): void {
    if (!this.#made.has(sha256)) this.fail(`R7 ${who}: was shown bytes nobody made`)
    setOf(this.#had, who).add(sha256)
  }

  /** A person let go of bytes that they had before them; `others` is what else their disk has. */
  gaveUp(who: string, path: string, bytes: Uint8Array, others: readonly Uint8Array[]): void {
    const sha256 = sha256Of(bytes)
    this.#touch(who, path, sha256)
    this.replaced(
      who,
      sha256,
      others.some((other) => sha256Of(other) === sha256),
    )
  }

  /** A person has these bytes where nobody but they look. */
  tookAway(bytes: Uint8Array, others: readonly Uint8Array[]): void {
    const sha256 = sha256Of(bytes)
    if (others.some((other) => sha256Of(other) === sha256)) this.letGo.add(sha256)
    else this.required.delete(sha256)
  }

  /** A person wants what the server has instead of these bytes: they are in the trash then. */
  gaveWay(who: string, sha256: string): void {
    setOf(this.#given, who).add(sha256)
    this.letGo.add(sha256)
  }

  /** The same by hash; `isElsewhere`: another file of theirs has these bytes too. */
  replaced(who: string, sha256: string, isElsewhere: boolean): void {
    setOf(this.#touched, who).add(sha256)
    if (isElsewhere) this.letGo.add(sha256)
    else this.required.delete(sha256)
  }

  /** A person gave a file another name. */
  moved(who: string, from: string, to: string, bytes: Uint8Array): void {
    this.#touch(who, from, sha256Of(bytes))
    setOf(this.#named, who).add(`${sha256Of(bytes)} ${to.normalize('NFC')}`)
  }

  /**
   * A person keeps a file that others have deleted: from then on it is one of its own. Or that they deleted
   * themselves: then it has its name again, and whoever else wants that is in conflict with it.
   */
  kept(who: string, path: string, sha256: string): void {
    setOf(this.#named, who).add(`${sha256} ${path}`)
    setOf(this.#touched, who).delete(`${sha256} ${path}`)
  }

  #touch(who: string, path: string, sha256: string): void {
    setOf(this.#touched, who).add(sha256).add(`${sha256} ${path}`)
  }

  /** The engine made a conflict copy; `cause` is why, as far as it says, and what it had heard of the server. */
  stepped(who: string, from: string, to: string, bytes: Uint8Array, cause: Cause): void {
    const sha256 = sha256Of(bytes)
    // Under another name than it was given, it is its person who moved it.
    const again = `${cause.fileId} ${sha256} `
    const why =
      cause.fileId !== null && setOf(this.#stepped, who).has(again + from)
        ? 'once more'
        : this.#whyNone(who, from, sha256, cause)
    setOf(this.#stepped, who).add(again + to)
    if (why) this.fail(`R12 ${who}: a conflict that is none, ${why}: ${to}`)
  }

  /**
   * Two files want one name, or one file was changed on two sides: else a conflict copy should not be. It must
   * not be made of bytes that the other file has or had, nor because of what its own computer gave that file.
   */
  #whyNone(who: string, from: string, sha256: string, cause: Cause): string | null {
    const { fileId, place, seen } = cause
    const name = foldPath(place)
    const there = seen.find((file) =>
      fileId === null ? foldPath(file.path) === name : file.fileId === fileId,
    )
    const isFolder = seen.some((file) => foldPath(file.path).startsWith(`${name}/`))
    if (isFolder) return null
    if (!there) return 'nobody else is there'
    const known = this.#versions().filter(
      (version) => version.fileId === there.fileId && version.revision <= there.revision,
    )
    const head = known.at(-1)
    if (!head || head.revision !== there.revision) return 'the server never had it so'
    const isOnce = !this.isCopied(sha256)
    if (isOnce && sha256 === head.sha256) return 'of identical bytes'
    // What lies where its person has put it may be what an editor keeps of an earlier state: nothing tells.
    const isKept = setOf(this.#named, who).has(`${sha256} ${from}`)
    if (isOnce && !isKept && known.some((version) => version.sha256 === sha256))
      return 'of earlier bytes'
    const givenIt =
      fileId === null ? known.filter(({ path }) => foldPath(path) === name) : known.slice(-1)
    if (givenIt.every(({ author }) => author === who)) return 'with what it sent itself'
    const key = fileId === null ? `${head.sha256} ${head.path}` : head.sha256
    const hadIt =
      !this.isCopied(head.sha256) &&
      setOf(this.#noted, who).has(`${head.fileId} ${head.revision}`) &&
      setOf(this.#touched, who).has(key)
    return hadIt ? 'with what its person had changed' : null
  }

  /** The engine wrote down that it has this one. */
  noted(who: string, { fileId, revision }: RemoteFile): void {
    setOf(this.#noted, who).add(`${fileId} ${revision}`)
  }

  /** What the engine holds for the server's rows after a pull: all that was done before its cursor. */
  pulled(who: string, files: readonly RemoteFile[], { cursor, epoch }: Cursor): void {
    const artifact = this.#rows.artifacts.get(this.#artifactId)
    if (!artifact || artifact.deleted || this.#rows.epoch !== epoch) return
    const had = new Map(files.map(({ fileId, revision }) => [fileId, revision]))
    for (const { id, path, revision, deleted, xid } of artifact.files.values())
      if (xid < Number(cursor) && (deleted ? had.has(id) : (had.get(id) ?? 0) < revision))
        this.fail(`R10 ${who}: a pull skipped ${path}`)
  }

  placed(who: string, path: string, bytes: Uint8Array, over: Uint8Array | null): void {
    const sha256 = sha256Of(bytes)
    if (!this.#made.has(sha256)) this.fail(`R7 ${who}: bytes nobody made at ${path}`)
    setOf(this.#had, who).add(sha256)
    if (over && over.length > 0 && !this.#isInHistory(sha256Of(over)))
      this.fail(`R1 ${who}: ${path} was overwritten, and no history has it`)
  }

  discarded(who: string, path: string, bytes: Uint8Array, meant: string): void {
    const sha256 = sha256Of(bytes)
    if (sha256 !== meant) this.fail(`R1 ${who}: ${path} was discarded for other bytes than it has`)
    if (setOf(this.#given, who).has(sha256)) return
    const files = this.#versions().filter((version) => version.sha256 === sha256)
    const ids = new Set(files.map(({ fileId }) => fileId))
    if (!this.#versions().some(({ fileId, removed }) => removed && ids.has(fileId)))
      this.fail(`R8 ${who}: ${path} was discarded, and nobody had removed it`)
  }

  #versions(): readonly Version[] {
    return this.#rows.artifacts.get(this.#artifactId)?.versions ?? []
  }

  #isInHistory(sha256: string): boolean {
    return this.#versions().some((version) => version.sha256 === sha256)
  }

  /** Two files of names that differ in case alone have room on few disks. */
  #isAlone({ fileId, path, removed, author }: Version): void {
    if (removed) return
    for (const [id, other] of this.#heads)
      if (id !== fileId && !other.removed && foldedPath(other.path) === foldedPath(path))
        this.fail(`R15 ${author}: ${path} and ${other.path} are both at the server`)
  }

  #committed(version: Version): void {
    const { fileId, path, sha256, removed, author } = version
    const before = this.#heads.get(fileId)
    this.#heads.set(fileId, version)
    this.#note(
      `commit ${author} ${fileId.slice(0, 8)} ${path} ${removed ? 'removed' : sha256.slice(0, 8)}`,
    )
    if (author === 'other-device') return
    if (removed) {
      if (before && !setOf(this.#touched, author).has(before.sha256))
        this.fail(`R8 ${author}: removed ${path} at the server, and its person did not`)
      if (
        before &&
        !this.isCopied(before.sha256) &&
        this.hasOddly(author, before.path, before.sha256)
      )
        this.fail(`R13 ${author}: removed ${path} at the server, and its person has it`)
      return
    }
    if (!this.#made.has(sha256)) this.fail(`R7 ${author}: committed bytes nobody made as ${path}`)
    const isMarked = before !== undefined && before.isExecutable !== version.isExecutable
    if (isMarked && !before.removed && !this.hasMarked(author, sha256, version.isExecutable))
      this.fail(`R14 ${author}: changed the bit of ${path} at the server, and its person did not`)
    if (before && !before.removed && before.sha256 === sha256 && before.path === path && !isMarked)
      this.fail(`${author}: committed ${path} once more as it was`)
    if (
      before &&
      !before.removed &&
      before.sha256 !== sha256 &&
      !setOf(this.#had, author).has(before.sha256)
    )
      this.fail(`R1 ${author}: overwrote at the server what it never had: ${path}`)
  }
}

const setOf = (map: Map<string, Set<string>>, key: string): Set<string> => {
  let set = map.get(key)
  if (!set) {
    set = new Set()
    map.set(key, set)
  }
  return set
}
