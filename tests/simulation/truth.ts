import { foldPath } from '../../src/domain/file-path.ts'
import { sha256Of } from './file-system.ts'
import type { Rows, Version } from './server.ts'

const conflictName = / \(conflict, [^)]*\)/

/**
 * What happened in truth, as somebody sees it who looks at every computer and the server at once: which bytes people
 * made and which of them they gave up themselves. It says at once when the engine does what it never may.
 */
export class Truth {
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
  readonly #heads = new Map<string, Version>()
  /** What gave way to another file, by who and its new name. */
  readonly #aside = new Map<string, { from: string; sha256: string }>()
  readonly #note: (line: string) => void
  readonly trouble: string[] = []

  constructor(rows: Rows, artifactId: string, note: (line: string) => void) {
    this.#rows = rows
    this.#artifactId = artifactId
    this.#note = note
    rows.committed = (versions) => {
      for (const version of versions) this.#committed(version)
    }
  }

  /** Bytes that were copied: which of the copies is meant, nobody can say. */
  isCopied(sha256: string): boolean {
    return (this.#made.get(sha256) ?? 0) > 1
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
  gaveUp(who: string, bytes: Uint8Array, others: readonly Uint8Array[]): void {
    const sha256 = sha256Of(bytes)
    this.replaced(
      who,
      sha256,
      others.some((other) => sha256Of(other) === sha256),
    )
  }

  /** The same by hash; `isElsewhere`: another file of theirs has these bytes too. */
  replaced(who: string, sha256: string, isElsewhere: boolean): void {
    setOf(this.#touched, who).add(sha256)
    if (isElsewhere) this.letGo.add(sha256)
    else this.required.delete(sha256)
  }

  /** A person gave a file another name. */
  moved(who: string, bytes: Uint8Array): void {
    setOf(this.#touched, who).add(sha256Of(bytes))
  }

  /** The engine gave a file another name. */
  stepped(who: string, from: string, to: string, bytes: Uint8Array): void {
    if (conflictName.test(to) && !conflictName.test(from))
      this.#aside.set(`${who} ${to}`, { from, sha256: sha256Of(bytes) })
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

  #committed(version: Version): void {
    const { fileId, path, sha256, removed, author } = version
    const before = this.#heads.get(fileId)
    this.#heads.set(fileId, version)
    this.#note(
      `commit ${author} ${fileId.slice(0, 8)} ${path} ${removed ? 'removed' : sha256.slice(0, 8)}`,
    )
    if (author === 'phone') return
    if (removed) {
      if (before && !setOf(this.#touched, author).has(before.sha256))
        this.fail(`R8 ${author}: removed ${path} at the server, and its person did not`)
      return
    }
    if (!this.#made.has(sha256)) this.fail(`R7 ${author}: committed bytes nobody made as ${path}`)
    if (before && !before.removed && before.sha256 === sha256 && before.path === path)
      this.fail(`${author}: committed ${path} once more as it was`)
    if (
      before &&
      !before.removed &&
      before.sha256 !== sha256 &&
      !setOf(this.#had, author).has(before.sha256)
    )
      this.fail(`R1 ${author}: overwrote at the server what it never had: ${path}`)
    const aside = this.#aside.get(`${author} ${path}`)
    if (before || aside?.sha256 !== sha256 || this.isCopied(sha256)) return
    const original = foldPath(aside.from)
    const live = this.#rows.artifacts.get(this.#artifactId)?.files.values() ?? []
    for (const file of live) {
      if (file.deleted || foldPath(file.path) !== original) continue
      if (file.sha256 === sha256) this.fail(`R12 ${author}: a conflict of identical bytes: ${path}`)
      // Nobody else ever gave a file of this name anything.
      if (
        this.#makers.get(file.sha256) === author &&
        this.#versions().every(
          (other) =>
            other.fileId !== file.id ||
            foldPath(other.path) !== original ||
            other.author === author,
        )
      )
        this.fail(`R12 ${author}: a conflict with what it sent itself: ${path}`)
    }
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
