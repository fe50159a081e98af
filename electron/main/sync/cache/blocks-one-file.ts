import type { Failure, FailureCode } from '../../../../src/domain/failure.ts'

const codes: readonly FailureCode[] = [
  'server.denied',
  'server.not-found',
  'server.conflict',
  'server.refused-input',
  'sync.stopped',
  'sync.conflict',
  'sync.file-refused',
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

/** True when what the person may do, or see, may be another thing than before. */
export const isDenial = (code: string | null): boolean =>
  code === 'server.denied' || code === 'server.not-found'
