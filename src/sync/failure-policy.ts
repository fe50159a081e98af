import type { FailureCode } from '../domain/failure.ts'

/** What ends the waiting of something that was refused. */
export type Wait = {
  /** A role with more rights ends it. */
  role?: true
  /** Other rules of the bucket end it. */
  uploadRules?: true
  /** A change in the folder, at its path or around it, ends it. */
  folder?: true
  /** Milliseconds after which it is tried again, whatever nobody told us of. */
  atMost: number
}

/**
 * What a failure means to a pass. `all`: it ends, and what is left waits for the next. `file`: that one is blocked, the
 * others go on. `place`: of a person's folder it is one file, of what the application keeps for itself everything.
 */
export type FailurePolicy = {
  concerns: 'all' | 'file' | 'place'
  /** Where not said, an hour. */
  until?: Wait
  /**
   * As the answer to a commit it is a definite no: to one of its changes, so that the others go by themselves, or to
   * them all. Of whatever else nobody knows whether it was done.
   */
  refusal?: 'one' | 'all'
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const rights: Wait = { role: true, atMost: hourMs }
const rules: Wait = { uploadRules: true, atMost: 24 * hourMs }
const bytes: Wait = { atMost: 10 * minuteMs }
/** What stands there may be what nobody looks at otherwise, since rules leave it out. */
const around: Wait = { folder: true, atMost: 10 * minuteMs }
/** Nothing tells when a disk is mended; asking it again costs no request. */
const disk: Wait = { atMost: minuteMs }

const all: FailurePolicy = { concerns: 'all' }
/** Of a file's name, kind or bytes: a commit that answers so means one of its changes. */
const file = (until?: Wait): FailurePolicy => ({
  concerns: 'file',
  refusal: 'one',
  ...(until && { until }),
})

/**
 * One table for both replicas. What is about the line, the session, the program or a whole folder ends a pass, for it
 * would be said of every file in turn; what is about one file never stops the others. A new code has to be classed here.
 */
export const failurePolicies: Record<FailureCode, FailurePolicy> = {
  'ipc.unknown-channel': all,
  'ipc.wrong-sender': all,
  'ipc.bad-arguments': all,
  'ipc.bad-result': all,
  internal: all,
  'link.malformed': all,
  'link.wrong-target': all,
  'link.ambiguous': all,
  'link.unknown-flow': all,
  'link.expired-flow': all,
  'link.used-flow': all,
  'auth.invalid-credentials': all,
  'auth.email-not-confirmed': all,
  'auth.denied-by-provider': all,
  'auth.rate-limited': all,
  'auth.weak-password': all,
  'auth.user-exists': all,
  'auth.invalid-code': all,
  'auth.refused': all,
  'auth.banned': all,
  'auth.signed-out': all,
  'vault.missing': all,
  'vault.locked': all,
  'vault.denied': all,
  'vault.corrupt': all,
  'network.offline': all,
  'network.unreachable': all,
  'network.timeout': all,
  'network.not-encrypted': all,
  'network.proxy-sign-in': all,
  'network.proxy-unreachable': all,
  'network.certificate-expired': all,
  'network.certificate-other-name': all,
  'network.certificate-unknown-authority': all,
  'network.certificate-revoked': all,
  'network.certificate-weak': all,
  'network.certificate-invalid': all,
  'network.certificate-wanted': all,
  'network.certificate-refused': all,
  'server.unavailable': all,
  'server.unexpected-answer': all,
  'server.rate-limited': all,
  'server.denied': { concerns: 'file', until: rights, refusal: 'all' },
  'server.not-found': { concerns: 'file', until: rights, refusal: 'all' },
  'server.conflict': file(bytes),
  'server.domain-taken': all,
  'server.gone': { concerns: 'file', until: rights, refusal: 'all' },
  'server.older': all,
  'server.refused-input': file({ atMost: 24 * hourMs }),
  'billing.no-tokens': all,
  'mutation.queue-full': all,
  'mutation.too-large': all,
  'mutation.too-old': all,
  'mutation.under-way': all,
  'backend.failed-to-start': all,
  'backend.path-not-plain': all,
  'backend.runtime-missing': all,
  'backend.invalid-address': all,
  'backend.older-database': all,
  'backend.copy-unusable': all,
  'backend.newer-database': all,
  'update.feed-unreachable': all,
  'update.feed-invalid': all,
  'update.damaged': all,
  'update.wrong-signature': all,
  'update.not-installed': all,
  'update.no-copy': all,
  'file.name-refused': file(rules),
  'file.name-control': file(),
  'file.name-not-text': file(),
  'file.name-too-long': file(),
  'file.type-refused': file(rules),
  'file.name-collision': file(around),
  'file.changed-while-reading': file(disk),
  'file.not-cached': file(),
  'file.too-large': file(rules),
  'file.hash-mismatch': file(bytes),
  'file.busy': file(),
  'file.not-regular': file(),
  'file.not-in-encoding': file(),
  'file.left-out': file(),
  'folder.missing': all,
  'folder.rules-unreadable': all,
  'folder.not-ours': all,
  'folder.not-the-same': all,
  'folder.not-here': all,
  // An earlier version may have blocked a file for it.
  'disk.full': { concerns: 'all', until: disk },
  // The others may be smaller.
  'disk.no-room': { concerns: 'file', until: bytes },
  'disk.denied': { concerns: 'place', until: { ...disk, folder: true } },
  'disk.unreadable': { concerns: 'file', until: { ...disk, folder: true } },
  'cache.newer-version': all,
  'sync.cancelled': all,
  // Only its person ends it, or another edit.
  'sync.stopped': { concerns: 'file', until: { atMost: Number.POSITIVE_INFINITY } },
  'sync.conflict': { concerns: 'file', until: disk },
  // Judged anew each time.
  'sync.metered': { concerns: 'file', until: { atMost: 0 } },
  'sync.remote-object-missing': { concerns: 'file', until: bytes, refusal: 'all' },
  // What nobody refers to is swept after days; each look costs its bytes.
  'sync.remote-object-damaged': { concerns: 'file', until: { atMost: 6 * hourMs }, refusal: 'all' },
  // Nobody says what for; each try costs its bytes.
  'sync.file-refused': file({ atMost: 24 * hourMs }),
}

const others: Wait = { atMost: hourMs }
export const waitOf = (code: FailureCode): Wait => failurePolicies[code].until ?? others

/** True for what blocks a file and lets the others go on; `store` is what the application keeps for itself. */
export const blocksOneFile = (code: FailureCode, whose: 'store' | 'folder'): boolean => {
  const { concerns } = failurePolicies[code]
  return concerns === 'file' || (concerns === 'place' && whose === 'folder')
}

/** True when what the person may do, or see, may be another thing than before. */
export const isDenial = (code: FailureCode | null): boolean =>
  code === 'server.denied' || code === 'server.not-found'
