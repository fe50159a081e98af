import { randomBytes, timingSafeEqual } from 'node:crypto'
import { guardedFetch } from '../../network/bounded.ts'
import { identityHeader, identityOf, identityPath } from '../../network/identity.ts'

/** Milliseconds; it listens on this computer. */
const proofTimeoutMs = 5_000

/**
 * Whether who listens at the origin knows the secret that our child was given. Nothing is told to them but a
 * random number, and nothing of their answer is read but one header. Rejects when nobody answers.
 */
export const proves = async (
  origin: string,
  secret: string,
  send: typeof fetch,
): Promise<boolean> => {
  const challenge = randomBytes(32).toString('hex')
  const { headers, body } = await guardedFetch(send)(
    `${origin}${identityPath}?challenge=${challenge}`,
    {
      signal: AbortSignal.timeout(proofTimeoutMs),
    },
  )
  await body?.cancel()
  const expected = Buffer.from(identityOf(secret, origin, challenge))
  const given = Buffer.from(headers.get(identityHeader) ?? '')
  return given.length === expected.length && timingSafeEqual(given, expected)
}
