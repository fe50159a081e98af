import type { Failure, FailureCode } from '../../../src/contract/failure.ts'

const codes: readonly FailureCode[] = [
  'server.denied',
  'server.not-found',
  'server.conflict',
  'server.refused-input',
  'sync.conflict',
  'sync.remote-object-missing',
  'sync.remote-object-damaged',
  'file.too-large',
  'file.name-refused',
  'file.type-refused',
  'file.name-collision',
  'file.hash-mismatch',
  'file.changed-while-reading',
  'disk.unreadable',
]

/** True for what parks a file and lets the others go on; the rest (network, full disk) ends the run. */
export const blocksOneFile = (failure: Failure): boolean => codes.includes(failure.code)
