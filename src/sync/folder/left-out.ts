import type { LeftOutSummary } from '../../contract/folders.ts'
import type {
  LeftOutEntry,
  LeftOutList,
  LeftOutReason,
  LinkRules,
} from '../../contract/left-out.ts'
import { foldPath } from '../../domain/file-path.ts'
import { defaultLinkRules } from '../policy.ts'
import { neverOf } from './ignore/defaults.ts'
import { canSend, type Person, personOf } from './ignore/level.ts'
import { partsOfRepositories } from './ignore/repository.ts'
import { isRepository, type LeftOutThing, maxTold, noThings } from './ignore/things.ts'
import { keyOf, type Operation } from './operation.ts'
import { foldersAbove } from './path-collisions.ts'
import type { Plan } from './plan.ts'
import type { BaseFile, Scan } from './ports.ts'
import type { Blocked, FolderState, outOfStep } from './state.ts'

const isSame = (a: Operation, b: Operation): boolean => keyOf(a) === keyOf(b)

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`)

const reasons: Partial<Record<string, LeftOutReason>> = {
  'file.name-collision': 'name-collision',
  'disk.denied': 'unreadable',
  'disk.unreadable': 'unreadable',
}
/** Links and devices are told by the look itself. */
const reasonOf = (code: string): LeftOutReason | null =>
  reasons[code] ?? (code.startsWith('file.name-') ? 'name-refused' : null)

/**
 * What of a folder is not synced. Rules say what goes up from here. What the server has comes down nevertheless, and
 * goes on being kept as the server has it while nobody touches it here; touched, it is left alone on both sides until
 * its person decides. Version control, folders of ours, and what a person left out, go neither way.
 */
export class LeavingOut {
  person: Person = personOf(defaultLinkRules)
  #found = noThings()
  /** Files that rules leave out and that are known all the same, with what leaves them out. */
  readonly #covered = new Map<string, LeftOutThing>()
  /** Of those, whose bytes alone tell. */
  readonly #secrets = new Map<string, LeftOutThing>()
  /** Of those, who differ from what the server has: folded. */
  #alone: ReadonlySet<string> = new Set()
  /** What its person wants to be gone from the server: folded. */
  readonly #unwanted = new Set<string>()
  /** Folders here that are a repository by what is in them: folded. */
  #repositories: ReadonlySet<string> = new Set()
  /** What of the server's would make one of a folder: folded. */
  #ofRepositories: ReadonlySet<string> = new Set()

  setRules(rules: LinkRules): void {
    this.person = personOf(rules)
  }

  /** Of a look at everything (null), or at some paths. */
  note({ leftOut }: Pick<Scan, 'leftOut'>, paths: readonly string[] | null): void {
    const isAgain = (path: string): boolean =>
      paths === null || paths.some((looked) => looked === '' || isWithin(path, looked))
    for (const all of [this.#covered, this.#secrets])
      for (const path of all.keys()) if (isAgain(path)) all.delete(path)
    if (paths === null) {
      this.#found = leftOut
      this.#noteRepositories()
      return
    }
    const { things, counts } = this.#found
    const stays = things.filter(({ path }) => !isAgain(path))
    const isNew = ({ path }: LeftOutThing): boolean => !stays.some((each) => each.path === path)
    const fresh = leftOut.things.filter(isNew)
    for (const { reason } of things) counts[reason] = (counts[reason] ?? 1) - 1
    this.#found.things = [...stays, ...fresh].slice(0, maxTold)
    for (const { reason } of this.#found.things) counts[reason] = (counts[reason] ?? 0) + 1
    this.#found.versionControl ??= leftOut.versionControl
    this.#noteRepositories()
  }

  #noteRepositories(): void {
    const known = this.#found.things.filter(isRepository)
    if (known.length > 0 || this.#repositories.size > 0)
      this.#repositories = new Set(known.map(({ path }) => foldPath(path)))
  }

  cover(path: string, thing: LeftOutThing): void {
    this.#covered.set(path, thing)
  }

  coverSecret(path: string): void {
    const thing: LeftOutThing = {
      path,
      kind: 'file',
      reason: 'private',
      rule: null,
      source: null,
    }
    this.#covered.set(path, thing)
    this.#secrets.set(path, thing)
  }

  isCovered(path: string): boolean {
    return this.#covered.has(path)
  }

  /** Whether anything at this path may be left out here: cheap, and too often yes. */
  mayHold(path: string): boolean {
    const { things } = this.#found
    if (things.length >= maxTold) return true
    const folded = foldPath(path)
    return things.some((thing) => isWithin(folded, foldPath(thing.path)))
  }

  /** Files the server has that are another or none here. */
  #undecided = 0

  /** Compares what is covered with what the server has, and looks at what that has for repositories. */
  settle(state: FolderState, rest: ReturnType<typeof outOfStep>): void {
    this.#ofRepositories = partsOfRepositories(rest.remote, state)
    const alone = new Set<string>()
    const based = new Set<string>()
    let undecided = 0
    for (const { fileId, path, sha256 } of rest.base) {
      if (!this.#covered.has(path)) continue
      based.add(path)
      if (state.known.get(path)?.sha256 === sha256) continue
      alone.add(foldPath(path))
      if (state.remote.has(fileId)) undecided += 1
    }
    const there = new Map(rest.remote.map((file) => [file.path, file.sha256]))
    for (const path of this.#covered.keys()) {
      if (based.has(path) || state.loose.settled.has(path)) continue
      const theirs = there.get(path)
      if (theirs !== undefined && theirs === state.known.get(path)?.sha256) continue
      alone.add(foldPath(path))
      if (theirs !== undefined) undecided += 1
    }
    this.#alone = alone
    this.#undecided = undecided
  }

  /** What the server let go and is left out here stays here. `base`: what a plan has looked at. */
  letStay({ operations, deletions }: Plan, state: FolderState, base: readonly BaseFile[]): Plan {
    if (this.#covered.size === 0) return { operations, deletions }
    const forgotten = base.flatMap(({ fileId, path }): Operation[] =>
      this.#covered.has(path) && !state.remote.has(fileId) ? [{ kind: 'forget', fileId }] : [],
    )
    const isOfCovered = (operation: Operation): boolean =>
      (operation.kind === 'discard' && this.#covered.has(operation.local.path)) ||
      (operation.kind === 'forget' && forgotten.some((each) => isSame(each, operation)))
    return {
      operations: [...operations.filter((each) => !isOfCovered(each)), ...forgotten],
      deletions: deletions.filter((each) => !isOfCovered(each)),
    }
  }

  /** Neither sent nor taken, and in nobody's way. */
  isApart(path: string): boolean {
    return this.person.isApart(path) || this.#isOfRepository(path)
  }

  #isOfRepository(path: string): boolean {
    if (this.#repositories.size === 0 && this.#ofRepositories.size === 0) return false
    const folded = foldPath(path)
    const isOne = (each: string): boolean =>
      this.#repositories.has(each) || this.#ofRepositories.has(each)
    return isOne(folded) || [...foldersAbove(folded)].some(isOne)
  }

  /** It stays as it is on both sides, whatever that is. */
  isAlone(path: string): boolean {
    return this.#alone.size > 0 && this.#alone.has(foldPath(path))
  }

  /** It is to go from the server, and to stay here. */
  remove(path: string): void {
    this.#unwanted.add(foldPath(path))
  }

  /** With the removals that its person decided; nothing else is done with such a file. */
  withRemovals(operations: Operation[], state: FolderState): Operation[] {
    if (this.#unwanted.size === 0) return operations
    const found = new Map<string, Operation>()
    const open = new Set<string>()
    for (const { fileId, path, revision } of state.remote.values()) {
      const folder = [...this.#unwanted].find((each) => isWithin(foldPath(path), each))
      if (folder === undefined) continue
      open.add(folder)
      found.set(fileId, { kind: 'remove', fileId, expected: revision })
    }
    for (const path of this.#unwanted) if (!open.has(path)) this.#unwanted.delete(path)
    const isOthers = (operation: Operation): boolean =>
      operation.kind === 'download'
        ? !found.has(operation.remote.fileId)
        : !('fileId' in operation) || !found.has(operation.fileId ?? '')
    return [...operations.filter(isOthers), ...found.values()]
  }

  summary(refused: readonly Blocked[]): LeftOutSummary {
    const { counts, versionControl } = this.#found
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
    const others = refused.filter(({ code }) => reasonOf(code)).length
    return {
      total: total + this.#secrets.size + others,
      undecided: this.#undecided,
      versionControl,
    }
  }

  /** With what the server has of each. */
  list(state: FolderState, refused: readonly Blocked[]): LeftOutList {
    const entries = new Map<string, LeftOutEntry>()
    const counts = { ...this.#found.counts }
    const add = (thing: LeftOutThing): LeftOutEntry => {
      const before = entries.get(foldPath(thing.path))
      if (before) return before
      const entry = {
        ...thing,
        canSend: canSend(thing.reason),
        bytes: null,
        atServer: 0,
        undecided: 0,
      }
      entries.set(foldPath(thing.path), entry)
      return entry
    }
    const addMore = (thing: LeftOutThing): LeftOutEntry => {
      if (!entries.has(foldPath(thing.path))) counts[thing.reason] = (counts[thing.reason] ?? 0) + 1
      return add(thing)
    }
    for (const thing of this.#found.things) add(thing)
    for (const thing of this.#secrets.values()) addMore(thing)
    for (const { path, code } of refused) {
      const reason = reasonOf(code)
      const kind = reason === 'unreadable' ? 'folder' : 'file'
      if (reason) addMore({ path, kind, reason, rule: null, source: null })
    }
    for (const { path } of state.remote.values()) {
      const entry = topmostOf(path, entries) ?? this.#entryOf(path, addMore)
      if (!entry) continue
      entry.atServer += 1
      if (this.isAlone(path)) entry.undecided += 1
    }
    const all = [...entries.values()].sort(
      (a, b) =>
        Number(b.undecided > 0) - Number(a.undecided > 0) ||
        Number(b.atServer > 0) - Number(a.atServer > 0) ||
        (a.path < b.path ? -1 : 1),
    )
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
    return { entries: all.slice(0, maxTold), total, counts }
  }

  /** Of what the server alone has, or what is left out here by itself. */
  #entryOf(path: string, add: (thing: LeftOutThing) => LeftOutEntry): LeftOutEntry | null {
    const covered = this.#covered.get(path)
    if (covered) return add(covered)
    if (!this.isApart(path)) return null
    const names = path.split('/')
    for (const [depth, name] of names.entries()) {
      const upTo = names.slice(0, depth + 1).join('/')
      const kind = depth === names.length - 1 ? 'file' : 'folder'
      const never = neverOf(name, names[depth - 1] ?? '')
      if (never) return add({ path: upTo, kind, reason: never, rule: name, source: null })
      if (this.person.leavesOut(upTo))
        return add({ path: upTo, kind, reason: 'person', rule: null, source: null })
      if (this.#ofRepositories.has(foldPath(upTo)))
        return add({ path: upTo, kind, reason: 'version-control', rule: null, source: null })
    }
    return null
  }
}

const topmostOf = (path: string, entries: ReadonlyMap<string, LeftOutEntry>) => {
  const folded = foldPath(path)
  const own = entries.get(folded)
  if (own) return own
  for (let end = folded.indexOf('/'); end > 0; end = folded.indexOf('/', end + 1)) {
    const entry = entries.get(folded.slice(0, end))
    if (entry) return entry
  }
  return null
}
