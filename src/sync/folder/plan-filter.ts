import type { LinkDirection } from '../../contract/folders.ts'
import { foldPath } from '../../domain/file-path.ts'
import { waitsForNetwork } from '../blocked.ts'
import { commonSpelling } from './case-folding.ts'
import type { LeavingOut } from './left-out.ts'
import { isUnread } from './local-scan.ts'
import { freeOf } from './name-conflicts.ts'
import { keyOf, type LocalFile, type Operation } from './operation.ts'
import { collisionsOf, foldersAbove } from './path-collisions.ts'
import { areTooMany, type Plan, planFolder } from './plan.ts'
import type { Clock } from './ports.ts'
import { type LocalChange, localChangeOf } from './revert.ts'
import {
  type Blocked,
  type FolderState,
  hashesAtServer,
  localFileOf,
  outOfStep,
  unblock,
} from './state.ts'
import type { Trees } from './trees.ts'

type PlanningOptions = {
  deviceName: string
  /** Bytes above which a file waits for another network; null is no such wait. */
  largest?: () => number | null
  /** `down`: the folder takes what the server has and sends nothing. */
  direction?: LinkDirection
}

/** Own work of a folder that sends nothing: it stays as it is, here alone. */
export type Kept = { path: string; own: LocalChange }

/** Files that are in step and in the way of these paths. */
const standingIn = ({ known, loose }: FolderState, targets: readonly string[]): LocalFile[] => {
  const inTheWay = [...collisionsOf(targets, loose.settled.keys()).values()].flat()
  return [...new Set(inTheWay.map(({ path }) => path))].flatMap((path) => {
    const file = known.get(path)
    return file ? [localFileOf(file)] : []
  })
}

/** What of a plan is done now, and what waits: for its person, for another network, for what blocked it. */
export class PlanFilter {
  readonly #clock: Clock
  readonly #options: PlanningOptions
  readonly #leavingOut: LeavingOut
  readonly #allowed = new Set<string>()
  /** Words for what its person gives up; one that means nothing any more is dropped by the next plan. */
  #reverted: ReadonlySet<string> = new Set()
  /** Too large for a metered network. */
  deferred: Blocked[] = []
  /** Deletions that wait for the person. */
  held: Operation[] = []
  /** What the folder has of its person's own and does not send. */
  kept: Kept[] = []

  constructor(clock: Clock, leavingOut: LeavingOut, options: PlanningOptions) {
    this.#clock = clock
    this.#leavingOut = leavingOut
    this.#options = options
  }

  /** The person wants the deletions that are held. */
  allow(): void {
    for (const operation of this.held) this.#allowed.add(keyOf(operation))
  }

  revert(fingerprints: readonly string[]): void {
    this.#reverted = new Set([...this.#reverted, ...fingerprints])
  }

  /** What can be done now. `unread`: folders that could not be read. */
  plan(state: FolderState, unread: readonly string[]): Operation[] {
    const unknownPaths = new Set([...state.unknown.keys()].map(foldPath))
    const unknownIdentities = new Set(state.unknown.values())
    unknownIdentities.delete('')
    const isBelowUnknown = (path: string): boolean => {
      if (unknownPaths.size > 0)
        for (const folder of foldersAbove(foldPath(path))) if (unknownPaths.has(folder)) return true
      return false
    }
    /** Of what rests nothing is said of its folders: a disk says whether they are in the way. */
    const beingWritten = new Set(
      [...state.unknown].flatMap(([path, identity]) =>
        identity === '' ? [] : [...foldersAbove(foldPath(path))],
      ),
    )
    let spell: ((path: string) => string) | null = null
    const rest = outOfStep(state)
    this.#leavingOut.settle(state, rest)
    const isApart = ({ path }: { path: string }): boolean => this.#leavingOut.isApart(path)
    const isAlone = (path: string): boolean => this.#leavingOut.isAlone(path)
    const trees: Trees = {
      base: rest.base.filter((file) => !isApart(file)),
      remote: rest.remote.filter((file) => !isApart(file)),
      // Of a folder that cannot be read nobody knows what is in it now.
      local: rest.local.filter(
        (file) => !isUnread(file.path, unread) && !isApart(file) && !isAlone(file.path),
      ),
      isUnknown: ({ path, identity }) =>
        unknownPaths.has(foldPath(path)) ||
        unknownIdentities.has(identity) ||
        isBelowUnknown(path) ||
        isUnread(path, unread) ||
        isAlone(path),
      isAstray: ({ identity, sha256 }) =>
        state.astray.identities.has(identity) || state.astray.hashes.has(sha256),
      isClosed: (path) => beingWritten.has(foldPath(path)),
      standing: (targets) =>
        standingIn(state, targets).filter((file) => !isApart(file) && !isAlone(file.path)),
      spell: (path) => {
        spell ??= commonSpelling(
          state.known.keys(),
          [...state.remote.values()].map((file) => file.path),
        )
        return spell(path)
      },
    }
    let taken: Set<string> | null = null
    const meant = new Set<string>()
    const planned = planFolder(trees, {
      deviceName: this.#options.deviceName,
      now: new Date(this.#clock.now()),
      isTaken: (folded) => {
        taken ??= new Set(
          [...state.known.values(), ...state.remote.values()].map(({ path }) => foldPath(path)),
        )
        return taken.has(folded)
      },
      isReverted: (fingerprint) => {
        const isIt = this.#reverted.has(fingerprint)
        if (isIt) meant.add(fingerprint)
        return isIt
      },
    })
    this.#reverted = meant
    const plan = this.#keep(this.#leavingOut.letStay(planned, state, rest.base), state)
    // What somebody removed they decided on, where they did it: nobody is asked about it again.
    const isDecided = (operation: Operation): boolean =>
      this.#allowed.has(keyOf(operation)) ||
      (operation.kind === 'discard' && state.decided.has(operation.base?.fileId ?? ''))
    const asked = plan.deletions.filter((operation) => !isDecided(operation))
    const hold = areTooMany(asked.length, state.base.size)
    this.held = hold ? asked : []
    const deletions = hold ? plan.deletions.filter(isDecided) : plan.deletions
    if (state.blocked.size > 0)
      unblock(state, new Set([...plan.operations, ...plan.deletions].map(keyOf)), this.#clock.now())
    const all = this.#leavingOut.withRemovals([...plan.operations, ...deletions], state)
    const isBlocked = (operation: Operation): boolean => state.blocked.has(keyOf(operation))
    const possible = freeOf(all.filter(isBlocked))
    return this.#spare(
      all.filter((operation) => !isBlocked(operation) && possible(operation)),
      state,
    )
  }

  /** Leaves out what would be sent, where nothing is. */
  #keep({ operations, deletions }: Plan, { base }: FolderState): Plan {
    this.kept = []
    if (this.#options.direction !== 'down') return { operations, deletions }
    const stays = (operation: Operation): boolean => {
      const own = localChangeOf(operation)
      if (!own) return true
      const path =
        operation.kind === 'put'
          ? operation.local.path
          : operation.kind === 'remove'
            ? base.get(operation.fileId)?.path
            : undefined
      if (path !== undefined) this.kept.push({ path, own })
      return false
    }
    return { operations: operations.filter(stays), deletions: deletions.filter(stays) }
  }

  /** Leaves out what is too large for a metered network. It is planned again each time. */
  #spare(operations: Operation[], state: FolderState): Operation[] {
    this.deferred = []
    const largest = this.#options.largest?.() ?? null
    if (largest === null) return operations
    const held = new Set<Operation>()
    const atServer = hashesAtServer(state)
    for (const operation of operations) {
      const file =
        operation.kind === 'put'
          ? operation.local
          : operation.kind === 'download'
            ? operation.remote
            : null
      // Bytes that the server has cost nothing to name.
      const isFree = operation.kind === 'put' && atServer.has(operation.local.sha256)
      if (!file || !waitsForNetwork(file.size, largest) || isFree) continue
      held.add(operation)
      const fileId = operation.kind === 'download' ? operation.remote.fileId : null
      this.deferred.push({ path: file.path, fileId, code: 'sync.metered' })
    }
    return operations.filter((operation) => !held.has(operation))
  }
}
