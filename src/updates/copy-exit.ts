import type { FailureCode } from '../domain/failure.ts'

type Reason = Extract<FailureCode, 'update.no-copy' | 'disk.full'>

/** How the backend's process ends that leaves no copy: by its code, for a last message may not arrive. */
const exitCodes: Record<Reason, number> = { 'update.no-copy': 4, 'disk.full': 5 }

export const exitCodeFor = (code: FailureCode): number =>
  exitCodes[code === 'disk.full' ? code : 'update.no-copy']

export const reasonOf = (exitCode: number): Reason =>
  exitCode === exitCodes['disk.full'] ? 'disk.full' : 'update.no-copy'
