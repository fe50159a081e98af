import type { FailureCode } from '../domain/failure.ts'

/** What may decide whether something that was refused would be refused again. Null: the server does not say. */
export type Circumstances = {
  /** Milliseconds since the epoch. */
  now: number
  /** The person's role in the project; `none` when the project is not theirs to see. */
  role: string | null
  /** Size and types that the bucket takes, as text. */
  uploadRules: string | null
}
type Wait = {
  /** A role with more rights ends it. */
  role?: true
  /** Other rules of the bucket end it. */
  uploadRules?: true
  /** A change in the folder, at its path or around it, ends it. */
  folder?: true
  /** Milliseconds after which it is tried again, whatever nobody told us of. */
  atMost: number
}

const minute = 60_000
const hour = 60 * minute
const rights: Wait = { role: true, atMost: hour }
const rules: Wait = { uploadRules: true, atMost: 24 * hour }
const bytes: Wait = { atMost: 10 * minute }
/** What stands there may be what nobody looks at otherwise, since rules leave it out. */
const place: Wait = { folder: true, atMost: 10 * minute }
/** Nothing tells when a disk is mended; asking it again costs no request. */
const disk: Wait = { atMost: minute }

/**
 * What each reason waits for. (What a new version of the file would end needs no row: it is another operation, or
 * another edit, and was never parked.)
 */
export const waits: Partial<Record<FailureCode, Wait>> = {
  'server.denied': rights,
  'server.not-found': rights,
  'server.gone': rights,
  'server.refused-input': { atMost: 24 * hour },
  // Nobody says what for; each try costs its bytes.
  'sync.file-refused': { atMost: 24 * hour },
  'file.name-refused': rules,
  'file.type-refused': rules,
  'file.too-large': rules,
  'server.conflict': bytes,
  'sync.remote-object-missing': bytes,
  // What nobody refers to is swept after days; each look costs its bytes.
  'sync.remote-object-damaged': { atMost: 6 * hour },
  'file.hash-mismatch': bytes,
  'file.name-collision': place,
  'sync.conflict': disk,
  'file.changed-while-reading': disk,
  'disk.denied': { ...disk, folder: true },
  'disk.unreadable': { ...disk, folder: true },
  'disk.full': disk,
  'disk.no-room': bytes,
  // Only its person ends it, or another edit.
  'sync.stopped': { atMost: Number.POSITIVE_INFINITY },
  // Judged anew each time.
  'sync.metered': { atMost: 0 },
}
/** Bytes each. `largest` that may go over a network that is paid by the byte; null is any other network. */
export const waitsForNetwork = (size: number, largest: number | null): boolean =>
  largest !== null && size > largest

const others: Wait = { atMost: hour }

/** By rank, as the server has them; before them that the project is not theirs to see. */
const roles = ['none', 'viewer', 'contributor', 'manager', 'owner']

/** Roles with more rights than this one; none of one that is not known. */
export const rolesAbove = (role: string | null): string[] =>
  role !== null && roles.includes(role) ? roles.slice(roles.indexOf(role) + 1) : []

/** What was refused to somebody who lost rights waits for what they have now to become more. */
export const lowered = (since: Circumstances, role: string | null): Circumstances =>
  since.role !== null && rolesAbove(role).includes(since.role) ? { ...since, role } : since

const isOther = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b

/** Whether what was parked `since` then is worth another try. */
export const isDue = (code: FailureCode, since: Circumstances, now: Circumstances): boolean => {
  const wait = waits[code] ?? others
  return (
    // A clock that was set back must not keep anything waiting.
    Math.abs(now.now - since.now) >= wait.atMost ||
    (wait.role === true && now.role !== null && rolesAbove(since.role).includes(now.role)) ||
    (wait.uploadRules === true && isOther(since.uploadRules, now.uploadRules))
  )
}
