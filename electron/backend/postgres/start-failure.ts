import { Failure } from '../../../src/domain/failure.ts'

/** Windows' word for a program that it could not load a library of (STATUS_DLL_NOT_FOUND); Node gives it unsigned. */
const libraryNotFound = 0xc0000135

/** The code a program ended with, by the error that execFile rejects with, or the like of it. */
const exitCodeOf = (cause: unknown): number | null =>
  typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'number'
    ? cause.code
    : null

/** Why PostgreSQL did not start; a missing runtime has another way out than all else. */
export const startFailure = (message: string, cause?: unknown): Failure => {
  const code = exitCodeOf(cause)
  return code !== null && code >>> 0 === libraryNotFound
    ? new Failure(
        'backend.runtime-missing',
        'PostgreSQL could not be loaded (0xC0000135): the Visual C++ runtime is missing.',
        { cause },
      )
    : new Failure('backend.failed-to-start', message, { cause })
}
