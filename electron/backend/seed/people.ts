import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type { Database } from '../../../src/database.types.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { demoPassword, type PersonKey, people } from './plan.ts'

export type Person = { readonly id: string; readonly client: SupabaseClient<Database> }
export type People = Readonly<Record<PersonKey, Person>>

const join = async (
  server: { url: string; publishableKey: string },
  person: (typeof people)[number],
): Promise<Person> => {
  const client = createClient<Database>(server.url, server.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false, storageKey: `seed-${person.key}` },
  })
  const credentials = { email: person.email, password: demoPassword }
  const known = await client.auth.signInWithPassword(credentials)
  if (known.data.user) return { id: known.data.user.id, client }
  const made = await client.auth.signUp({
    ...credentials,
    options: { data: { full_name: person.name, name: person.name } },
  })
  if (!made.data.user || !made.data.session) {
    throw new Failure(
      'backend.failed-to-start',
      `${person.email} could not sign up: ${made.error?.code ?? 'no session'}`,
    )
  }
  return { id: made.data.user.id, client }
}

/** Signs everyone in, up where needed; one after the other, for the first account is the one in charge. */
export const signInPeople = async (server: {
  url: string
  publishableKey: string
}): Promise<People> => {
  const [ada, ben, chloe] = people
  return {
    ada: await join(server, ada),
    ben: await join(server, ben),
    chloe: await join(server, chloe),
  }
}
