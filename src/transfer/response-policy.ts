import type { FailureCode } from '../domain/failure.ts'

/** What to do about an answer of Storage or REST that is not a success. */
export type Judgement =
  | { kind: 'retry'; code: FailureCode }
  /** Ask for a fresh access token, once; `code` is what it comes to when that is refused too. */
  | { kind: 'reauthorise'; code: FailureCode }
  | { kind: 'duplicate' }
  /** Of this one request, or of all: that shows in whether others pass. `code` is what it comes to if none does. */
  | { kind: 'suspect'; code: FailureCode }
  /** Permanent for this file: block it and say so. */
  | { kind: 'block'; code: FailureCode }

type Row = {
  when: (status: number, text: string, isPage: boolean) => boolean
  judgement: Judgement
}

/** PostgREST's codes; Storage's code or, where the body is nothing else, the bare words of its JWT library. */
const tokenTrouble =
  /PGRST30[13]|invalid ?jwt|jwt expired|claim timestamp check failed|invalid compact jws|signature verification failed/i

const tooEarly = /issued at future|not yet valid|\b(iat|nbf)\b/i

/** No function with these arguments: the server's schema is another one. */
export const isOtherSchema = (status: number, text: string): boolean =>
  status === 404 && /"PGRST20\d"/.test(text)

/** PostgREST names a class of SQL's or one of its own; Storage writes words. */
const isRest = (text: string): boolean => /"code"\s*:\s*"(PGRST\d{3}|[0-9A-Z]{5})"/.test(text)

/**
 * Storage answers most refusals as HTTP 400 with the real status in the body, so `status` here is the
 * body's `statusCode` where there is one. First row that fits.
 */
export const answers: readonly (Row & { name: string })[] = [
  {
    name: 'rate limit',
    when: (status) => status === 429,
    judgement: { kind: 'retry', code: 'server.rate-limited' },
  },
  {
    name: 'locked',
    when: (status) => status === 423,
    judgement: { kind: 'retry', code: 'server.unavailable' },
  },
  {
    // Over its quota, a proxy that wants to know who we are, too slow, the wrong connection, too early.
    name: 'not now',
    when: (status) => [402, 407, 408, 421, 425].includes(status),
    judgement: { kind: 'retry', code: 'server.unavailable' },
  },
  {
    name: 'server trouble',
    when: (status) => status >= 500,
    judgement: { kind: 'retry', code: 'server.unavailable' },
  },
  {
    // Whoever says it, and in whatever form.
    name: 'too large',
    when: (status) => status === 413,
    judgement: { kind: 'block', code: 'file.too-large' },
  },
  {
    name: 'refused type',
    when: (status) => status === 415,
    judgement: { kind: 'block', code: 'file.type-refused' },
  },
  {
    // Somebody between us and the server: a network that wants a sign-in, or a guard who dislikes these bytes.
    name: 'a page',
    when: (_status, _text, isPage) => isPage,
    judgement: { kind: 'suspect', code: 'server.unexpected-answer' },
  },
  {
    // The clocks of two servers differ by a moment: with the same token it is right a moment later.
    name: 'token of a moment later',
    when: (status, text) => status === 401 && /PGRST303/.test(text) && tooEarly.test(text),
    judgement: { kind: 'retry', code: 'server.unavailable' },
  },
  {
    // A claim of it is past, or is not liked: never by itself that the session has ended.
    name: 'claims of a token',
    when: (status, text) => status === 401 && /PGRST303/.test(text),
    judgement: { kind: 'reauthorise', code: 'server.unavailable' },
  },
  {
    name: 'expired token',
    // Of other refusals the text may name a file of the person's, and files are called anything.
    when: (status, text) =>
      status === 401 || ((status === 400 || status === 403) && tokenTrouble.test(text)),
    judgement: { kind: 'reauthorise', code: 'auth.refused' },
  },
  {
    // An answer to HEAD has no body, so it may be the token; what remains with another one is not.
    name: 'refused without a word',
    when: (status, text) => (status === 400 || status === 403) && text.trim() === '',
    judgement: { kind: 'reauthorise', code: 'server.denied' },
  },
  {
    name: 'rows refused',
    when: (status, text) =>
      (status === 400 || (status === 409 && /"23503"/.test(text))) && isRest(text),
    judgement: { kind: 'block', code: 'server.refused-input' },
  },
  {
    name: 'key exists',
    when: (status, text) => status === 409 && /duplicate|exists/i.test(text),
    judgement: { kind: 'duplicate' },
  },
  {
    // Bytes missing at a commit, a part at another offset: asked as it is once more it comes to the same.
    name: 'conflict',
    when: (status) => status === 409,
    judgement: { kind: 'block', code: 'server.conflict' },
  },
  {
    name: 'no permission',
    when: (status, text) => status === 403 || /42501|row-level security/i.test(text),
    judgement: { kind: 'block', code: 'server.denied' },
  },
  {
    // Nothing that was asked for is gone.
    name: 'another schema',
    when: isOtherSchema,
    judgement: { kind: 'retry', code: 'server.unexpected-answer' },
  },
  {
    // Storage has no such word for what is not there.
    name: 'over',
    when: (status, text) => status === 410 && isRest(text),
    judgement: { kind: 'block', code: 'server.gone' },
  },
  {
    name: 'no such thing',
    when: (status) => status === 404 || status === 410,
    judgement: { kind: 'block', code: 'sync.remote-object-missing' },
  },
  {
    name: 'refused key',
    when: (status, text) => status === 400 && /invalid ?key/i.test(text),
    judgement: { kind: 'block', code: 'file.name-refused' },
  },
]

const statusOf = (status: number, text: string): number => {
  const inBody = /"statusCode"\s*:\s*"?(\d{3})/.exec(text)?.[1]
  return inBody ? Number(inBody) : status
}

/** Whether the server says with it that less should be asked of it at once. */
export const isStrain = (status: number, text: string): boolean =>
  [408, 429, 503, 504, 544].includes(statusOf(status, text))

export const judge = (status: number, text: string, mediaType: string | null = null): Judgement => {
  const isPage = mediaType?.startsWith('text/html') === true || /^\s*</.test(text)
  const real = statusOf(status, text)
  return (
    answers.find((row) => row.when(real, text, isPage))?.judgement ?? {
      kind: 'block',
      code: 'sync.file-refused',
    }
  )
}
