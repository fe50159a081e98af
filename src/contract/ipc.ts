import { z } from 'zod'
import { failureCode } from '../domain/failure.ts'

export const nothing = z.void()

/** One argument (or none) and one result, both checked on their way. */
export const request = <Argument extends z.ZodType, Result extends z.ZodType>(
  argument: Argument,
  result: Result,
) => ({ argument, result, needsAccount: false as const })

/**
 * One that is answered from what an account has open. While nobody is signed in the answer is `signedOut`; without one
 * it is refused with `auth.signed-out`.
 */
export const accountRequest = <Argument extends z.ZodType, Result extends z.ZodType>(
  argument: Argument,
  result: Result,
  options?: { signedOut: z.infer<Result> },
) => ({
  argument,
  result,
  needsAccount: true as const,
  signedOut: options ? { answer: options.signedOut } : null,
})

/** What main tells the renderer unasked. */
export const event = <Payload extends z.ZodType>(payload: Payload) => ({ payload })

/** What a request is answered with between main and the preload. */
export const answer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown().optional() }),
  z.object({ ok: z.literal(false), code: failureCode, message: z.string() }),
])
export type IpcAnswer = z.infer<typeof answer>
