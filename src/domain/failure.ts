import { z } from 'zod'

/**
 * Every failure a person can meet has one of these codes. The renderer turns a code into a sentence
 * and a way out (renderer/ui/failure-text.ts); `message` is for people who read diagnostics and never
 * carries a token, a signed URL or file content.
 */
export const failureCodes = [
  // The boundary itself
  'ipc.unknown-channel',
  'ipc.wrong-sender',
  'ipc.bad-arguments',
  'ipc.bad-result',
  'internal',
  // Deep links and sign-in
  'link.malformed',
  'link.wrong-target',
  'link.ambiguous',
  'link.unknown-flow',
  'link.expired-flow',
  'link.used-flow',
  'auth.invalid-credentials',
  'auth.email-not-confirmed',
  'auth.denied-by-provider',
  'auth.rate-limited',
  'auth.weak-password',
  'auth.user-exists',
  'auth.invalid-code',
  'auth.refused',
  'auth.banned',
  'auth.signed-out',
  // The keychain
  'vault.missing',
  'vault.locked',
  'vault.denied',
  'vault.corrupt',
  // Network and server
  'network.offline',
  'network.unreachable',
  'network.timeout',
  'network.not-encrypted',
  'network.proxy-sign-in',
  'network.proxy-unreachable',
  'network.certificate-expired',
  'network.certificate-other-name',
  'network.certificate-unknown-authority',
  'network.certificate-revoked',
  'network.certificate-weak',
  'network.certificate-invalid',
  'network.certificate-wanted',
  'network.certificate-refused',
  'server.unavailable',
  'server.unexpected-answer',
  'server.rate-limited',
  'server.denied',
  'server.not-found',
  'server.conflict',
  'server.domain-taken',
  'server.gone',
  'server.older',
  'server.refused-input',
  'billing.no-tokens',
  'backend.failed-to-start',
  'backend.path-not-plain',
  'backend.runtime-missing',
  'backend.invalid-address',
  'backend.older-database',
  'backend.copy-unusable',
  'backend.newer-database',
  // Updates
  'update.feed-unreachable',
  'update.feed-invalid',
  'update.damaged',
  'update.wrong-signature',
  'update.not-installed',
  'update.no-copy',
  // Changes that wait for the server
  'mutation.queue-full',
  'mutation.too-large',
  'mutation.too-old',
  'mutation.under-way',
  // Files and sync
  'file.name-refused',
  'file.name-control',
  'file.name-not-text',
  'file.name-too-long',
  'file.type-refused',
  'file.name-collision',
  'file.changed-while-reading',
  'file.not-cached',
  'file.too-large',
  'file.hash-mismatch',
  'file.busy',
  'file.not-regular',
  'file.not-in-encoding',
  'file.left-out',
  'folder.missing',
  'folder.rules-unreadable',
  'folder.not-ours',
  'folder.not-the-same',
  'folder.not-here',
  'disk.full',
  'disk.no-room',
  'disk.denied',
  'disk.unreadable',
  'cache.newer-version',
  'sync.cancelled',
  'sync.stopped',
  'sync.conflict',
  'sync.metered',
  'sync.remote-object-missing',
  'sync.remote-object-damaged',
  'sync.file-refused',
] as const

export const failureCode = z.enum(failureCodes)
export type FailureCode = z.infer<typeof failureCode>

/** A typed error: thrown inside a process, flattened to `{ok:false,code,message}` at the IPC boundary. */
export class Failure extends Error {
  readonly code: FailureCode
  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Failure'
    this.code = code
  }
}

export const asFailure = (error: unknown): Failure =>
  error instanceof Failure
    ? error
    : new Failure('internal', error instanceof Error ? error.message : String(error), {
        cause: error,
      })
