import { inspect } from 'node:util'
import { createPostgresConnection } from '@supabase/lite/postgres'
import { CompiledQuery } from 'kysely'
import { z } from 'zod'
import { postgresTypes } from '../postgres/types.ts'
import type { AnswerRepair } from './answers.ts'
import { requestHeaders } from './peer.ts'

/**
 * What @supabase/lite 0.10.0 does differently from hosted Supabase, mended from outside
 * (docs/decisions/0002-embedded-backend.md lists each with its reason). The names are the test's switches.
 */
type ConnectionRepair = 'grants' | 'one-to-one' | 'sqlstates' | 'claims' | 'json-arguments'
export type Repair = ConnectionRepair | 'types' | AnswerRepair

/** The parts of lite's connection that the repairs touch; some are private in its types. */
type Connection = {
  kysely: { executeQuery(query: CompiledQuery): Promise<{ rows: unknown[] }> }
  rlsState: string
  driver: { reserve(): Promise<Reserved> }
  introspect(options?: unknown): Promise<Introspection>
  normalizeDbError(error: unknown): unknown
  applyJwtSessionContext(
    transaction: { executeQuery(query: CompiledQuery): Promise<unknown> },
    context: SessionContext,
  ): Promise<void>
}

type Unique = { schema?: string; table?: string; name?: string }
type Function_ = { arg_names: string[]; arg_types: string[] }
type Introspection = {
  unique_constraints?: Unique[]
  indexes?: Unique[]
  functions?: Function_[]
}
type Reserved = { unsafe(text: string, parameters: unknown[], ...others: unknown[]): unknown }
type SessionContext = {
  auth?: { role?: string; uid?: string; jwt?: unknown }
  storage?: { operation?: string }
}

const databaseError = z.object({
  code: z.string().regex(/^[0-9A-Z]{5}$/),
  message: z.string(),
  detail: z.string().nullish(),
  hint: z.string().nullish(),
})

/** PostgREST's HTTP status of an SQLSTATE (docs.postgrest.org, "Errors"). */
const statusOf = (sqlstate: string): number => {
  if (sqlstate.startsWith('08')) return 503
  if (sqlstate === 'P0001') return 400
  if (/^(0L|0P|28)/.test(sqlstate)) return 403
  if (/^(09|25|2D|38|39|3B|40|53|54|55|57|58|F0|HV|P0|XX)/.test(sqlstate)) return 500
  return 400
}

/** SQLSTATEs that lite already answers as PostgREST does. */
const answeredWell = (code: string): boolean =>
  /^(PT|42|22|21|55|53)/.test(code) || ['23505', '23503', '23502', '25006'].includes(code)

/** Lite prints each of these to the console; a person's values, which they quote, are nothing for a log. */
const discreet = <T>(error: T, code: string): T => {
  if (typeof error === 'object' && error !== null)
    Object.defineProperty(error, inspect.custom, {
      value: () => `The database refused a request: SQLSTATE ${code}`,
    })
  return error
}

const claims = z.looseObject({ email: z.string().optional() })

const partialUniqueIndexes = `
  select n.nspname || '.' || c.relname || '.' || i.relname as key
  from pg_index x
    join pg_class c on c.oid = x.indrelid
    join pg_namespace n on n.oid = c.relnamespace
    join pg_class i on i.oid = x.indexrelid
  where x.indisunique and (x.indpred is not null or x.indexprs is not null)`

const repairs: Record<ConnectionRepair, (connection: Connection) => void> = {
  // Its first request grants everything on every schema with RLS to anon and authenticated.
  grants: (connection) => {
    connection.rlsState = 'active'
  },
  // It takes a partial or expression unique index for a one-to-one relation.
  'one-to-one': (connection) => {
    const introspect = connection.introspect.bind(connection)
    const mended = new WeakSet<Introspection>()
    connection.introspect = async (options) => {
      const result = await introspect(options)
      if (mended.has(result)) return result
      const { rows } = await connection.kysely.executeQuery(CompiledQuery.raw(partialUniqueIndexes))
      const partial = new Set(
        z
          .array(z.object({ key: z.string() }))
          .parse(rows)
          .map((row) => row.key),
      )
      const whole = (unique: Unique): boolean =>
        !partial.has(`${unique.schema ?? 'public'}.${unique.table}.${unique.name}`)
      result.unique_constraints = result.unique_constraints?.filter(whole)
      result.indexes = result.indexes?.filter(whole)
      mended.add(result)
      return result
    }
  },
  // It makes text of a json argument, and the driver text of that text. By its longer name it does not know the type.
  'json-arguments': (connection) => {
    const introspect = connection.introspect.bind(connection)
    connection.introspect = async (options) => {
      const result = await introspect(options)
      for (const { arg_names, arg_types } of result.functions ?? [])
        for (const [place, type] of arg_types.entries())
          if (arg_names.length > 0 && /^jsonb?$/.test(type)) arg_types[place] = `pg_catalog.${type}`
      return result
    }
    const reserve = connection.driver.reserve.bind(connection.driver)
    connection.driver.reserve = async () => {
      const reserved = await reserve()
      const unsafe = reserved.unsafe.bind(reserved)
      reserved.unsafe = (text, parameters, ...others) => {
        const mended = [...parameters]
        for (const [, place] of text.matchAll(/\$(\d+)::pg_catalog\.jsonb?\b/g)) {
          const value = mended[Number(place) - 1]
          // Else the driver takes true for a boolean and [true] for an array of them.
          if (value !== null && value !== undefined)
            mended[Number(place) - 1] = { toJSON: () => value }
        }
        return unsafe(text, mended, ...others)
      }
      return reserved
    }
  },
  // It answers raise exception, check violations and others with 500 and no reason.
  sqlstates: (connection) => {
    const normalize = connection.normalizeDbError.bind(connection)
    connection.normalizeDbError = (error) => {
      const normal = normalize(error)
      const parsed = databaseError.safeParse(normal)
      if (!parsed.success) return normal
      const { code, message, detail, hint } = parsed.data
      if (answeredWell(code)) return discreet(normal, code)
      const body = { code, message, details: detail ?? null, hint: hint ?? null }
      const answer = Object.assign(new Error(JSON.stringify(body)), {
        code: 'PGRST',
        detail: JSON.stringify({ status: statusOf(code), headers: {} }),
      })
      return discreet(answer, code)
    }
  },
  // It leaves out most claims, the headers of all but functions, and the roles' time limits; one query instead of six is also faster.
  claims: (connection) => {
    connection.applyJwtSessionContext = async (transaction, { auth, storage }) => {
      const role = auth?.role ?? 'anon'
      const jwt = claims.safeParse(auth?.jwt)
      await transaction.executeQuery(
        CompiledQuery.raw(
          `select set_config('role', $1, true), set_config('request.jwt.claim.sub', $2, true),
             set_config('request.jwt.claim.role', $1, true), set_config('request.jwt.claim.email', $3, true),
             set_config('storage.operation', $4, true), set_config('request.jwt.claims', $5, true),
             set_config('request.headers', $6, true), set_config('statement_timeout', embedded.statement_timeout($1), true)`,
          [
            role,
            auth?.uid ?? '',
            jwt.data?.email ?? '',
            storage?.operation ?? '',
            JSON.stringify(jwt.data ?? { role }),
            requestHeaders(),
          ],
        ),
      )
    }
  },
}

/** `without` leaves repairs out, so that a test can show what each is for. */
export const connectLite = (url: string, without: readonly Repair[]) =>
  createPostgresConnection({
    url,
    postgresOptions: {
      onnotice: () => {},
      connection: { search_path: 'public,extensions' },
      // Else timestamps, numerics and bytea come in the driver's shapes, not in PostgREST's.
      ...(without.includes('types') ? {} : { types: postgresTypes }),
    },
  })

/** Before the first request. */
export const repairConnection = (connection: object, without: readonly Repair[]): void => {
  const open = connection as Connection
  for (const [name, apply] of Object.entries(repairs))
    if (!without.includes(name as Repair)) apply(open)
}
