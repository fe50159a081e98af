import { createClient } from '@supabase/supabase-js'
import { decodeJwt } from 'jose'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Repair } from '../../../electron/backend/lite/connection.ts'
import { type Library, openLibraries } from './library.ts'

type Libraries = Awaited<ReturnType<typeof openLibraries>>

const onDatabase = async <T>({ backend }: Library, text: string): Promise<T[]> => {
  const sql = postgres(backend.databaseUrl, { max: 1, onnotice: () => {} })
  try {
    return (await sql.unsafe(text)) as unknown as T[]
  } finally {
    await sql.end()
  }
}

/** What each repair of lite is for: true with it, false without. A release of lite that needs it no longer shows here. */
const repairs: Record<Repair, { what: string; holds: (library: Library) => Promise<boolean> }> = {
  grants: {
    what: 'the API roles keep the grants of the migrations, and get no others',
    holds: async (library) => {
      await library.ada.from('authors').select('id').limit(1)
      const [row] = await onDatabase<{ ledger: boolean; name: boolean }>(
        library,
        `select has_table_privilege('anon', 'private.ledger', 'select') as ledger,
           has_column_privilege('authenticated', 'public.authors', 'name', 'update') as name`,
      )
      return !row!.ledger && !row!.name
    },
  },
  'one-to-one': {
    what: 'a partly unique foreign key is still one to many',
    holds: async ({ ada }) => {
      const { data } = await ada.from('books').select('id, loans(reader)').eq('id', 1).single()
      return Array.isArray(data?.loans) && data.loans.length === 3
    },
  },
  sqlstates: {
    what: 'raise exception and a check violation arrive with their code, message, detail and hint',
    holds: async ({ ada }) => {
      const raised = await ada.rpc('fail', { state: 'P0001', words: 'No more books.' })
      const checked = await ada.from('authors').insert({ name: 'X' })
      return (
        raised.status === 400 &&
        raised.error?.code === 'P0001' &&
        raised.error.message === 'No more books.' &&
        raised.error.details === 'the detail' &&
        raised.error.hint === 'the hint' &&
        checked.error?.code === '23514'
      )
    },
  },
  claims: {
    what: 'auth.email() and auth.jwt() know the person',
    holds: async ({ ada }) => {
      const { data } = await ada.rpc('who')
      return data.email === 'ada@library.example' && data.name === 'ada'
    },
  },
  types: {
    what: 'timestamps, numerics and bytea have PostgREST’s shapes',
    holds: async ({ ada }) => {
      const { data } = await ada
        .from('books')
        .select('published, price, cover')
        .eq('id', 1)
        .single()
      return (
        data?.published === '1974-05-01T12:00:00+00:00' &&
        data.price === 12.5 &&
        data.cover === '\\x0102'
      )
    },
  },
  tokens: {
    what: 'access tokens carry the claims that policies read',
    holds: async (library) => {
      const claims = decodeJwt(library.token('ada'))
      return (
        claims.iss === `${library.backend.url}/auth/v1` &&
        claims.aal === 'aal1' &&
        (claims.user_metadata as { name?: string } | undefined)?.name === 'ada'
      )
    },
  },
  'email-code': {
    what: 'verifyOtp takes the type `email`',
    holds: async ({ backend, mails }) => {
      const client = createClient(backend.url, backend.publishableKey, {
        auth: { persistSession: false, autoRefreshToken: false, storageKey: 'code' },
      })
      await client.auth.signInWithOtp({ email: 'ben@library.example' })
      const token = /\d{6}/.exec(mails.at(-1)!.text)![0]
      const { data } = await client.auth.verifyOtp({
        email: 'ben@library.example',
        token,
        type: 'email',
      })
      return data.user?.email === 'ben@library.example'
    },
  },
  'json-arguments': {
    what: 'a json argument arrives as what was sent, text as text',
    holds: async ({ ada }) => {
      const kinds = await Promise.all(
        [{ a: 1 }, [true], true, 7, '{"a":1}'].map((value) => ada.rpc('kind_of', { value })),
      )
      return kinds.map(({ data }) => data).join() === 'object,array,boolean,number,string'
    },
  },
  'auth-rules': {
    what: 'a body of another shape is the asker’s mistake',
    holds: async ({ backend }) => {
      const { status } = await fetch(`${backend.url}/auth/v1/otp`, {
        method: 'POST',
        headers: { apikey: backend.publishableKey, 'content-type': 'application/json' },
        body: '{"email":{}}',
      })
      return status === 400
    },
  },
}

let libraries: Libraries
let repaired: Library
beforeAll(async () => {
  libraries = await openLibraries()
  repaired = await libraries.open('repaired')
})
afterAll(() => libraries.close())

describe.each(Object.entries(repairs))('%s', (name, { what, holds }) => {
  it(`with the repair: ${what}`, async () => {
    expect(await holds(repaired)).toBe(true)
  })
  it('without it: not', async () => {
    const stock = await libraries.open(`without_${name.replaceAll('-', '_')}`, {
      withoutRepairs: [name as Repair],
    })
    expect(await holds(stock)).toBe(false)
  })
})
