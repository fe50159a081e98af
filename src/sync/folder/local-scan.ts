import { asFailure, Failure } from '../../domain/failure.ts'
import { foldPath } from '../../domain/file-path.ts'
import { forEachLimited } from '../../transfer/for-each-limited.ts'
import type { Ports } from './execution-context.ts'
import type { LeavingOut } from './left-out.ts'
import type { Operation } from './operation.ts'
import type { DiskFile, Hashed, KnownFile, Scan } from './ports.ts'
import { millisecondsOf, modifiedIn, packStamp, unpackStamp } from './stamp.ts'
import { type Blocked, type FolderState, hashedAtOf, knownOtherwise } from './state.ts'

/** Milliseconds a file must have been left alone before it is read, if nobody says otherwise. */
export const settleMs = 200

/** Bytes up to which a file is hashed with others. */
const smallFileBytes = 256 * 1024

/** A clock that tells whole seconds alone says of two writes in one second that they are one. */
const coarseClockMs = 3_000
const fineClockMs = 100

const isCoarse = (modified: string): boolean => modified.endsWith('000000000')
/** A hash of the future was made before the clock was set back: when, compared with the file, nobody knows. */
const mayHaveChangedSince = (hashedAt: number, modified: string, now: number): boolean =>
  Math.abs(hashedAt - millisecondsOf(modified)) <
    (isCoarse(modified) ? coarseClockMs : fineClockMs) ||
  hashedAt < millisecondsOf(modified) ||
  hashedAt > now
const isWithin = (path: string, folder: string): boolean =>
  folder === '' || path === folder || path.startsWith(`${folder}/`)
/** Of many folders at once: by a path's own parents, however many they are. */
const withinAny = (folders: readonly string[]): ((path: string) => boolean) => {
  const all = new Set(folders)
  return (path) => {
    if (all.has('') || all.has(path)) return true
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      if (all.has(path.slice(0, end))) return true
    return false
  }
}
/** Whatever the case: on many disks a folder that cannot be read is known under other spellings too. */
export const isUnread = (path: string, unread: readonly string[]): boolean =>
  unread.some((folder) => isWithin(foldPath(path), foldPath(folder)))

/** Of what is known, what was not found where these paths were looked at; and more, but nothing that was. */
const unseenAmong = (looked: string[], { files }: Scan, { known }: FolderState): string[] => {
  const found = new Set(files.map(({ path }) => path))
  // Files where files were: of a hundred thousand others none needs to be asked.
  if (looked.every((path) => found.has(path)) && files.every(({ path }) => known.has(path)))
    return []
  return [...known.keys()].filter((path) => !found.has(path))
}

/** Keeps what is known of the disk as the disk is. */
export class LocalScan {
  readonly #ports: Ports
  readonly #settle: number
  readonly #leavingOut: LeavingOut
  /** Looks so far: what is known is noted with the last that met it. */
  #round = 0
  /** Left alone, and shown. */
  refused: Blocked[] = []
  /** Folders that could not be read. */
  unread: string[] = []
  /** Under names that no server takes. */
  #astray: DiskFile[] = []
  /** Hashes of such, by their packed stamps. */
  #hashes = new Map<string, string>()

  constructor(ports: Ports, settle: number, leavingOut: LeavingOut) {
    this.#ports = ports
    this.#leavingOut = leavingOut
    this.#settle = settle
  }

  /** Whether something went away between its being listed and its being asked about: where to, nobody knows yet. */
  get hasVanished(): boolean {
    const named = new Set(this.refused.map(({ path }) => path))
    return this.unread.some((path) => !named.has(path))
  }

  /** Brings the local tree up to date. Answers when what was being written is worth another look. */
  async scan(
    paths: string[] | null,
    state: FolderState,
    signal: AbortSignal,
  ): Promise<number | null> {
    const { disk, store, clock } = this.#ports
    const { known } = state
    // What could not be looked at last time is worth another look, whether or not it changed since.
    const looked = paths && [...new Set([...paths, ...state.unknown.keys(), ...this.unread])]
    this.#round += 1
    let met = 0
    /** Not known under these names: on a disk without case one may be known under another spelling. */
    const respelled = new Set<string>()
    const toHash = new Map<string, DiskFile>()
    const fresh: KnownFile[] = []
    const compare = (path: string, stamp: string): void => {
      if (known.meet(path, this.#round)) met += 1
      const isAsHashed = (hashedAt: number): boolean =>
        !mayHaveChangedSince(hashedAt, modifiedIn(stamp), clock.now())
      const hashedAt = hashedAtOf(known, path, stamp)
      if (hashedAt !== null && isAsHashed(hashedAt)) return
      const before = hashedAt === null ? knownOtherwise(known, path, stamp) : null
      if (before && isAsHashed(before.hashedAt)) {
        fresh.push({ ...before, stamp: unpackStamp(stamp) })
        return
      }
      const file = { path, stamp: unpackStamp(stamp) }
      if (!known.has(path)) respelled.add(`${file.stamp.identity} ${foldPath(path)}`)
      toHash.set(path, file)
    }
    const lookAtAll = async (): Promise<Scan> => ({ files: [], ...(await disk.scan(compare)) })
    let scan = looked ? await disk.look(looked) : await lookAtAll()
    // What goes from where nobody has looked yet to where somebody had is in neither: gone is what is missed twice.
    if (!looked && met < known.size) scan = await lookAtAll()
    // Of a hundred thousand files none was meant, only that the folder is there.
    if (looked?.length === 0) return null
    const isAmong = withinAny(looked ?? [''])
    const isLookedAt = (path: string): boolean => isAmong(path) && !isUnread(path, scan.unread)
    this.#noteRefused(scan, looked)
    for (const path of state.unknown.keys()) if (isLookedAt(path)) state.unknown.delete(path)
    for (const { path } of scan.refused) state.unknown.set(path, '')
    for (const { path, stamp } of scan.files) compare(path, packStamp(stamp))
    const isRespelled = (path: string): boolean =>
      respelled.size > 0 && respelled.has(`${known.get(path)?.stamp.identity} ${foldPath(path)}`)
    const unseen = looked ? unseenAmong(looked, scan, state) : known.unmet(this.#round)
    const missed = [...unseen].filter((path) => isLookedAt(path) || isRespelled(path))
    this.#leavingOut.note(scan, looked)
    const kept = await this.#leftOut(missed, compare)
    const gone = missed.filter((path) => !kept.has(path))
    let again: number | null = null
    const hash = async ({ path, stamp }: DiskFile): Promise<void> => {
      if (signal.aborted) throw new Failure('sync.cancelled', 'Cancelled.')
      const age = clock.now() - millisecondsOf(stamp.modified)
      // After that, whoever writes once more leaves another stamp.
      const rest = isCoarse(stamp.modified) ? coarseClockMs : this.#settle
      const hashed = age >= 0 && age < rest ? 'changed' : await this.#hash({ path, stamp })
      if (typeof hashed !== 'string' && hashed.isSecret && this.#isOwnSecret(path, hashed, state)) {
        this.#leavingOut.coverSecret(path)
        gone.push(path)
      } else if (hashed === 'refused') state.unknown.set(path, stamp.identity)
      else if (typeof hashed === 'string') {
        state.unknown.set(path, stamp.identity)
        again = Math.min(again ?? Number.POSITIVE_INFINITY, hashed === 'busy' ? 2_000 : rest)
        if (hashed === 'busy') this.refused.push({ path, fileId: null, code: 'file.busy' })
      } else fresh.push({ path, stamp, sha256: hashed.sha256, hashedAt: clock.now() })
    }
    const isSmall = ({ stamp }: DiskFile): boolean => stamp.size <= smallFileBytes
    const files = [...toHash.values()]
    // What is asked at once is answered at once: of large files too long a wait for who wants to stop.
    await forEachLimited(files.filter(isSmall), 32, hash)
    await forEachLimited(
      files.filter((file) => !isSmall(file)),
      2,
      hash,
    )
    if (fresh.length > 0 || gone.length > 0) await store.saveKnown(fresh, gone)
    for (const path of gone) known.delete(path)
    for (const file of fresh) known.set(file.path, file)
    state.astray = await this.#whatIsAstray(state)
    return again
  }

  /** Those of some paths that were not found because rules leave them out: they are not gone. */
  async #leftOut(
    paths: string[],
    compare: (path: string, stamp: string) => void,
  ): Promise<ReadonlySet<string>> {
    const found = paths.length > 0 ? await this.#ports.disk.leftOut(paths) : []
    const stays = new Set<string>()
    for (const { path, thing, stamp } of found) {
      if (this.#leavingOut.isApart(path)) stays.add(path)
      else {
        this.#leavingOut.cover(path, thing)
        if (!stamp) continue
        stays.add(path)
        compare(path, packStamp(stamp))
      }
    }
    return stays
  }

  /**
   * What of a plan is about something that is left out here: a file that comes to where another stands, one that looks
   * deleted. It is known as such from then on. Answers whether there is any.
   */
  async meet(operations: readonly Operation[], state: FolderState): Promise<boolean> {
    const gone = new Set<string>()
    const coming: string[] = []
    for (const operation of operations) {
      if (operation.kind === 'download' && !operation.over) coming.push(operation.remote.path)
      const base = operation.kind === 'remove' && state.base.get(operation.fileId)
      if (base) gone.add(base.path)
    }
    const asked = [...coming.filter((path) => this.#leavingOut.mayHold(path)), ...gone].filter(
      (path) => !this.#leavingOut.isCovered(path),
    )
    const { disk, store, clock } = this.#ports
    const fresh: KnownFile[] = []
    let isAny = false
    for (const { path, thing, stamp } of asked.length > 0 ? await disk.leftOut(asked) : []) {
      if (!stamp && !gone.has(path)) continue
      isAny = true
      this.#leavingOut.cover(path, thing)
      if (!stamp) continue
      const hashed = await this.#hash({ path, stamp })
      if (typeof hashed === 'string') state.unknown.set(path, stamp.identity)
      else fresh.push({ path, stamp, sha256: hashed.sha256, hashedAt: clock.now() })
    }
    if (fresh.length > 0) await store.saveKnown(fresh, [])
    for (const file of fresh) state.known.set(file.path, file)
    return isAny
  }

  /** Whether these secret bytes are no other's: what the server has of them its people have already. */
  #isOwnSecret(path: string, { sha256 }: Hashed, { base, remote }: FolderState): boolean {
    if (this.#leavingOut.person.sends(path)) return false
    const isIt = (file: { path: string; sha256: string }): boolean =>
      file.path === path && file.sha256 === sha256
    return ![...base.values()].some(isIt) && ![...remote.values()].some(isIt)
  }

  /** Some disks give a file that gets another name another identity: of what is of a size that is missed the bytes tell. */
  async #whatIsAstray({ base, known, loose }: FolderState): Promise<FolderState['astray']> {
    if (this.#astray.length === 0) return { identities: new Set(), hashes: new Set() }
    const missed = new Set<number>()
    for (const fileId of loose.fileIds.keys()) {
      const file = base.get(fileId)
      if (file && file.size > 0 && !known.has(file.path)) missed.add(file.size)
    }
    const hashes = new Map<string, string>()
    for (const file of this.#astray) {
      const stamp = packStamp(file.stamp)
      const known = this.#hashes.get(stamp)
      const sha256 = known ?? (missed.has(file.stamp.size) ? await this.#hashOfAstray(file) : null)
      if (sha256 !== null) hashes.set(stamp, sha256)
    }
    this.#hashes = hashes
    return {
      identities: new Set(this.#astray.map(({ stamp }) => stamp.identity)),
      hashes: new Set(hashes.values()),
    }
  }

  /** Null where it cannot be read, or not under this name. */
  async #hashOfAstray({ path, stamp }: DiskFile): Promise<string | null> {
    try {
      const hashed = await this.#ports.disk.hash(path, stamp)
      return typeof hashed === 'string' ? null : hashed.sha256
    } catch (error) {
      if (/^(file|disk)\./.test(asFailure(error).code)) return null
      throw error
    }
  }

  /** A file that cannot be read is shown, and holds up no other. */
  async #hash({ path, stamp }: DiskFile) {
    try {
      return await this.#ports.disk.hash(path, stamp)
    } catch (error) {
      const { code } = asFailure(error)
      if (code !== 'disk.denied' && code !== 'disk.unreadable' && !code.startsWith('file.'))
        throw error
      this.refused.push({ path, fileId: null, code })
      return 'refused'
    }
  }

  #noteRefused(scan: Scan, paths: string[] | null): void {
    const isAgain = (path: string): boolean =>
      paths?.some((looked) => isWithin(path, looked)) ?? true
    const blocked = scan.refused.map(({ path, code }) => ({ path, fileId: null, code }))
    this.refused = [...this.refused.filter(({ path }) => !isAgain(path)), ...blocked]
    this.#astray = [...this.#astray.filter(({ path }) => !isAgain(path)), ...scan.astray]
    this.unread = [...this.unread.filter((folder) => !isAgain(folder)), ...scan.unread]
  }
}
