/**
 * A refusal in the shape Supabase Storage answers with: REST sends HTTP 400 for most of them and puts
 * the truth (`statusCode`) in the body; the resumable protocol sends `statusCode` as the HTTP status.
 */
export class StorageError extends Error {
  readonly statusCode: number
  readonly code: string
  readonly error: string
  /** HTTP status of the REST answer. */
  readonly httpStatus: number

  constructor(statusCode: number, code: string, error: string, message: string, httpStatus = 400) {
    super(message)
    this.name = 'StorageError'
    this.statusCode = statusCode
    this.code = code
    this.error = error
    this.httpStatus = httpStatus
  }

  body(): { statusCode: string; error: string; message: string; code: string } {
    return {
      statusCode: String(this.statusCode),
      error: this.error,
      message: this.message,
      code: this.code,
    }
  }
}

export const refusals = {
  objectNotFound: () => new StorageError(404, 'NoSuchKey', 'not_found', 'Object not found'),
  bucketNotFound: () =>
    new StorageError(404, 'NoSuchBucket', 'Bucket not found', 'Bucket not found'),
  uploadNotFound: () => new StorageError(404, 'NoSuchUpload', 'not_found', 'Upload not found', 404),
  duplicate: () =>
    new StorageError(409, 'KeyAlreadyExists', 'Duplicate', 'The resource already exists'),
  rowLevelSecurity: () =>
    new StorageError(
      403,
      'AccessDenied',
      'Unauthorized',
      'new row violates row-level security policy',
    ),
  tooLarge: () =>
    new StorageError(
      413,
      'EntityTooLarge',
      'Payload too large',
      'The object exceeded the maximum allowed size',
      413,
    ),
  mediaType: (mediaType: string) =>
    new StorageError(
      415,
      'InvalidMimeType',
      'invalid_mime_type',
      `mime type ${mediaType} is not supported`,
    ),
  invalidKey: (key: string) =>
    new StorageError(400, 'InvalidKey', 'InvalidKey', `Invalid key: ${key}`),
  invalidRequest: (message: string) =>
    new StorageError(400, 'InvalidRequest', 'InvalidRequest', message),
  invalidToken: (message: string) => new StorageError(403, 'InvalidJWT', 'Unauthorized', message),
  invalidSignature: (message: string) => new StorageError(400, 'InvalidJWT', 'InvalidJWT', message),
  invalidApiKey: () =>
    new StorageError(401, 'InvalidApiKey', 'Unauthorized', 'Invalid API key', 401),
  /** Definite: its bytes are not what came, and the upload ends. */
  damagedUpload: () =>
    new StorageError(410, 'Gone', 'Gone', 'The disk did not keep the bytes of this upload'),
  bucketNotEmpty: () =>
    new StorageError(
      409,
      'InvalidRequest',
      'InvalidRequest',
      'The bucket you tried to delete is not empty',
    ),
  routeNotFound: (method: string, path: string) =>
    new StorageError(404, 'NoSuchRoute', 'Not Found', `Route ${method}:${path} not found`, 404),
}

const textOf = (value: unknown, key: string): string | undefined => {
  if (typeof value !== 'object' || value === null || !(key in value)) return undefined
  const found = (value as Record<string, unknown>)[key]
  return typeof found === 'string' ? found : undefined
}

/** Turns anything thrown below into an answer; unknown failures say nothing about their inside. */
export const asStorageError = (thrown: unknown): StorageError => {
  if (thrown instanceof StorageError) return thrown
  switch (textOf(thrown, 'code')) {
    case '42501':
      return refusals.rowLevelSecurity()
    case '23505':
      return refusals.duplicate()
    case '23503':
      return refusals.bucketNotFound()
    case '22P02':
    case '22021':
      return refusals.invalidRequest('Invalid value')
    case '57014':
      return new StorageError(544, 'DatabaseTimeout', 'DatabaseTimeout', 'Database timeout', 544)
    case 'ENOSPC':
    case 'EDQUOT':
      return new StorageError(507, 'InsufficientStorage', 'InsufficientStorage', 'Disk full', 507)
    case 'ECONNREFUSED':
    case 'CONNECTION_CLOSED':
    case 'CONNECTION_ENDED':
    case 'CONNECTION_DESTROYED':
    case '57P01':
    case '57P03':
      return new StorageError(
        503,
        'DatabaseUnavailable',
        'Unavailable',
        'Database unavailable',
        503,
      )
    default:
      return new StorageError(500, 'InternalError', 'Internal', 'Internal Server Error', 500)
  }
}

/** What a log may say of a failure: its class and code, never its message (that can hold keys or paths). */
export const describeFailure = (thrown: unknown): string =>
  `${thrown instanceof Error ? thrown.name : typeof thrown} ${textOf(thrown, 'code') ?? ''}`.trim()
