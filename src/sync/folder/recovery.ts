import { asFailure } from '../../domain/failure.ts'
import { foldPath } from '../../domain/file-path.ts'
import type { Ports } from './execution-context.ts'
import type { BaseChange, BaseFile, Intent, KnownFile, Sent, Version } from './ports.ts'
import type { FolderState } from './state.ts'

type Of<K extends Intent['kind']> = Extract<Intent, { kind: K }>

type Waiting = Sent & { since: number }

/** Milliseconds after which no try of a request is on its way any more. */
const maxRequestMs = 120_000

/** How a path is spelled here: some disks do not tell case. */
const spelledAs = (path: string, here: readonly Iterable<string>[]): string => {
  const folded = foldPath(path)
  for (const paths of here)
    for (const each of paths) if (each === path || foldPath(each) === folded) return each
  return path
}

/** Ends what a crash or a lost answer left half done. Each step may be done again. */
export class Recovery {
  readonly #ports: Ports
  #sent: Waiting[] = []
  #coming: Of<'download'>[] = []
  /** What a pass of this very process placed, whatever has become of it since. */
  readonly placed = new Map<string, BaseFile>()

  constructor(ports: Ports) {
    this.#ports = ports
  }

  /** Whether something is yet to be known of what was half done. */
  get isPending(): boolean {
    return this.#sent.length + this.#coming.length + this.placed.size > 0
  }

  add(sent: readonly Sent[]): void {
    const since = this.#ports.clock.now()
    this.#sent.push(...sent.map((each) => ({ ...each, since })))
  }

  /** These gave way to what others made of them: what was sent of them once is no base of theirs any more. */
  async forget(fileIds: ReadonlySet<string>): Promise<void> {
    const less: Sent[] = []
    this.#sent = this.#sent.map((sent) => {
      const files = sent.files.filter(({ fileId }) => !fileIds.has(fileId))
      if (files.length === sent.files.length) return sent
      less.push({ id: sent.id, kind: sent.kind, files })
      return { ...sent, files }
    })
    if (less.length > 0) await this.#ports.store.begin(less)
  }

  /** With what the journal holds when the store is opened. */
  async begin(intents: readonly Intent[], state: FolderState): Promise<void> {
    this.#sent = []
    this.add(intents.filter((intent) => intent.kind === 'commit'))
    this.#coming = intents.filter((intent) => intent.kind === 'download')
    const { disk } = this.#ports
    const aside = new Set((await disk.aside()).map(({ key }) => key))
    const base = [...this.placed.values()].map((put): BaseChange => ({ put }))
    const steps = intents.filter(({ kind }) => kind !== 'commit' && kind !== 'download')
    // In a folder that is not there every file looks gone.
    if (steps.length > 0) await disk.look([])
    for (const intent of steps) {
      if (intent.kind === 'put-back') {
        // Whatever its person put there since is a version of it, but for a file that has a place of its own.
        const here = await disk.stat(intent.path)
        const isIts = ({ fileId, identity }: BaseFile): boolean =>
          fileId === intent.fileId || identity !== here?.identity
        if (!here || ![...state.base.values()].every(isIts)) base.push({ forget: intent.fileId })
      } else if (intent.kind === 'step-aside') {
        const moved = await disk.stat(intent.to)
        if (moved?.identity === intent.identity) base.push({ forget: intent.fileId })
      } else if (intent.kind === 'swap' && aside.delete(intent.id)) {
        if (!(await this.#bringBack(intent.id, intent.to)))
          await this.#bringAnywhere(intent.id, intent.from)
      }
    }
    // Of what nobody remembers the bytes count, not the name.
    for (const key of aside) await this.#bringAnywhere(key, `recovered ${key}`)
    // First, so that no crash between lets the journal bring them back.
    await this.forget(
      new Set(base.flatMap((change) => ('forget' in change ? [change.forget] : []))),
    )
    await this.#finish(
      steps.map(({ id }) => id),
      base,
      state,
    )
    this.placed.clear()
  }

  /** False where something else is there, or where its folder would be. */
  async #bringBack(key: string, path: string): Promise<boolean> {
    try {
      return (await this.#ports.disk.bringBack(key, path)) !== 'changed'
    } catch (error) {
      if (/^file\.(name-|not-regular)/.test(asFailure(error).code)) return false
      throw error
    }
  }

  async #bringAnywhere(key: string, path: string): Promise<void> {
    const name = path.slice(path.lastIndexOf('/') + 1)
    // Where its folder was there may be a file.
    for (let count = 1; ; count += 1)
      for (const place of [path, name])
        if (await this.#bringBack(key, count === 1 ? place : `${place} (${count})`)) return
  }

  async #finish(ids: string[], base: BaseChange[], state: FolderState): Promise<void> {
    await this.#ports.store.finish(ids, base, [], [])
    for (const change of base)
      if ('put' in change) state.base.set(change.put.fileId, change.put)
      else state.base.delete(change.forget)
  }

  /** What was sent and never answered, and is there: that is what was the same on both sides then. */
  async recallSent(state: FolderState, signal: AbortSignal): Promise<void> {
    if (this.#sent.length === 0) return
    const isKnown = ({ fileId, revision }: BaseFile): boolean =>
      (state.base.get(fileId)?.revision ?? 0) >= revision
    // Changed by somebody since: only history knows who did what before.
    const buried = this.#sent
      .flatMap(({ files }) => files)
      .filter((file) => !isKnown(file) && file.revision > 1)
      .filter(({ fileId, revision }) => (state.remote.get(fileId)?.revision ?? 0) > revision)
    const history = buried.length > 0 ? await this.#versions(buried, signal) : []
    const hasArrived = ({ fileId, path, sha256, revision }: BaseFile): boolean => {
      const now = state.remote.get(fileId)
      // Of an id made here alone, whoever has changed it since had it from here.
      if (!now || revision === 1) return now !== undefined
      return [now, ...history].some(
        (there) =>
          there.fileId === fileId &&
          there.revision === revision &&
          there.sha256 === sha256 &&
          there.path === path,
      )
    }
    const now = this.#ports.clock.now()
    const arrived: BaseChange[] = []
    const done: string[] = []
    const waiting: Waiting[] = []
    for (const sent of this.#sent) {
      const open = sent.files.filter((file) => !isKnown(file))
      const there = open.filter(hasArrived)
      arrived.push(...there.map((put): BaseChange => ({ put })))
      // All of a commit is done, or nothing.
      const isDecided = open.length === 0 || there.length > 0
      if (isDecided || Math.abs(now - sent.since) > maxRequestMs) done.push(sent.id)
      else waiting.push(sent)
    }
    if (done.length + arrived.length > 0) await this.#finish(done, arrived, state)
    this.#sent = waiting
  }

  /** A history that is not shown decides nothing: as if there were none. */
  async #versions(files: readonly BaseFile[], signal: AbortSignal): Promise<Version[]> {
    return this.#ports.remote.versions(files, signal).catch((error: unknown) => {
      if (/^server\.(denied|not-found|refused-input)/.test(asFailure(error).code)) return []
      throw error
    })
  }

  /** What was placed before a crash and not noted: the same bytes, there or under a name somebody gave it since. */
  async recallPlaced(state: FolderState, isUnread: (path: string) => boolean): Promise<void> {
    if (this.#coming.length === 0) return
    const noted = new Set([...state.base.values()].map(({ identity }) => identity))
    const loose = new Map<string, KnownFile[]>()
    for (const file of state.known.values())
      if (file.stamp.size > 0 && !noted.has(file.stamp.identity))
        loose.set(file.sha256, [...(loose.get(file.sha256) ?? []), file])
    // Of bytes that several files have, nobody can say which of them was moved.
    const wanting = new Map<string, Set<string>>()
    const files = [...state.remote.values(), ...this.#coming.flatMap((coming) => coming.files)]
    for (const { sha256, fileId } of files)
      wanting.set(sha256, (wanting.get(sha256) ?? new Set()).add(fileId))
    const movedOf = (sha256: string): readonly KnownFile[] =>
      wanting.get(sha256)?.size === 1 ? (loose.get(sha256) ?? []) : []
    const base: BaseChange[] = []
    const done: string[] = []
    const waiting: Of<'download'>[] = []
    for (const coming of this.#coming) {
      let isOpen = false
      for (const { at, ...file } of coming.files) {
        if ((state.base.get(file.fileId)?.revision ?? 0) >= file.revision) continue
        const identity = isUnread(at)
          ? 'unknown'
          : await this.#identityOf(file.sha256, at, movedOf(file.sha256), state)
        if (identity === 'unknown') isOpen = true
        else if (identity !== null) base.push({ put: { ...file, identity } })
      }
      if (isOpen) waiting.push(coming)
      else done.push(coming.id)
    }
    if (done.length + base.length > 0) await this.#finish(done, base, state)
    this.#coming = waiting
  }

  async #identityOf(
    sha256: string,
    at: string,
    loose: readonly KnownFile[],
    { known, unknown }: FolderState,
  ): Promise<string | null> {
    const path = spelledAs(at, [known.keys(), unknown.keys()])
    const there = known.get(path)
    if (there?.sha256 === sha256 && !unknown.has(path)) return there.stamp.identity
    if (unknown.has(path)) {
      const young = await this.#glance(path).catch(() => 'unknown' as const)
      if (young === 'unknown') return young
      if (young?.sha256 === sha256) return young.identity
    }
    const [only, ...more] = loose
    if (only && more.length === 0) return only.stamp.identity
    // It may be any of those that could not be looked at.
    return [...unknown.values()].some((identity) => identity !== '') ? 'unknown' : null
  }

  /** A file may be too young to be counted on, but not to be known again. */
  async #glance(path: string): Promise<{ sha256: string; identity: string } | 'unknown' | null> {
    const { disk } = this.#ports
    const stamp = await disk.stat(path)
    if (!stamp) return null
    const hashed = await disk.hash(path, stamp)
    return typeof hashed === 'string'
      ? 'unknown'
      : { sha256: hashed.sha256, identity: stamp.identity }
  }
}
