import { jwtVerify } from 'jose'
import type { Sql, TransactionSql } from 'postgres'
import { z } from 'zod'
import { refusals } from './errors.ts'

/** Who asks, as the database's policies see them. */
export type Identity = {
  readonly role: 'anon' | 'authenticated' | 'service_role'
  readonly subject: string | null
  readonly claims: Readonly<Record<string, unknown>>
}

/** The two headers that say who asks. */
export type Credentials = {
  readonly authorization?: string | undefined
  readonly apikey?: string | string[] | undefined
}

export type Keys = { readonly publishable: string; readonly secret: string }

// The connection is a superuser's: a role outside this list would be more than any client may be.
const claimsSchema = z.looseObject({
  role: z.enum(['anon', 'authenticated', 'service_role']).default('anon'),
  sub: z.string().optional(),
})

/** Tokens that were verified, so that the hundredth request of a run costs no signature. */
const maxRemembered = 200

const anonymous: Identity = { role: 'anon', subject: null, claims: { role: 'anon' } }
const service: Identity = { role: 'service_role', subject: null, claims: { role: 'service_role' } }

/** The identity of a request that needs none (public buckets, signed URLs). */
export const serviceIdentity = (subject: string | null): Identity => ({ ...service, subject })

export type Access = {
  /** @throws StorageError InvalidJWT, InvalidApiKey, or InvalidRequest when there is no credential at all */
  identify(headers: Credentials): Promise<Identity>
  /** Runs `work` in one transaction under the identity's role and claims, so that policies decide. */
  as<T>(
    identity: Identity,
    operation: string,
    work: (transaction: TransactionSql) => Promise<T>,
  ): Promise<T>
}

export const createAccess = (sql: Sql, jwtSecret: string, keys: Keys): Access => {
  const secret = new TextEncoder().encode(jwtSecret)

  const byKey = (key: string): Identity => {
    if (key === keys.secret) return service
    if (key === keys.publishable) return anonymous
    throw refusals.invalidApiKey()
  }

  const verified = new Map<string, { identity: Identity; until: number }>()
  const byToken = async (token: string): Promise<Identity> => {
    const known = verified.get(token)
    if (known && Date.now() < known.until) return known.identity
    verified.delete(token)
    const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'] }).catch(
      (error: unknown) => {
        throw refusals.invalidToken(error instanceof Error ? error.message : 'invalid token')
      },
    )
    const claims = claimsSchema.safeParse(payload)
    if (!claims.success) throw refusals.invalidToken('invalid claims')
    const { role, sub = null } = claims.data
    const identity: Identity = { role, subject: sub, claims: payload }
    for (const [oldest] of verified) {
      if (verified.size < maxRemembered) break
      verified.delete(oldest)
    }
    if (payload.exp !== undefined) verified.set(token, { identity, until: payload.exp * 1000 })
    return identity
  }

  return {
    async identify(headers) {
      const bearer = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1]
      const apiKey = typeof headers.apikey === 'string' ? headers.apikey : undefined
      if (bearer !== undefined && !bearer.startsWith('sb_')) return byToken(bearer)
      const key = bearer ?? apiKey
      if (key !== undefined) return byKey(key)
      throw refusals.invalidRequest("headers must have required property 'authorization'")
    },

    async as(identity, operation, work) {
      const result = await sql.begin(async (transaction) => {
        // Awaited by itself: sent together, postgres.js may run what comes after it first, as the superuser.
        await transaction`select embedded.become(${identity.role}, ${identity.subject},
          ${JSON.stringify(identity.claims)}::text::jsonb, ${operation})`
        // Wrapped, because begin() would await and unwrap an array of promises.
        return { value: await work(transaction) }
      })
      return (result as { value: Awaited<ReturnType<typeof work>> }).value
    },
  }
}
