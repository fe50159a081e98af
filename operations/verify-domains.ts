import { Resolver } from 'node:dns/promises'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'

/*
 * Looks into the DNS of claimed domains for the workspace's token, and confirms what is there: schedule it. The
 * embedded backend does not do so by itself: it sends no mail, so it confirms every address that somebody types,
 * and a domain confirmed there would let in whoever says that they are of it.
 */

const rowsAtOnce = 500
const claims = z.array(
  z.object({ id: z.string(), domain: z.string(), verification_token: z.string() }),
)
type Resolve = (domain: string) => Promise<string[][]>
type Outcome = 'confirmed' | 'not there' | 'another workspace’s' | 'no answer'

const nameServers: Resolve = (domain) =>
  new Resolver({ timeout: 5000, tries: 2 }).resolveTxt(domain)

/** Codes that are an answer: there is no such name, or no such record. */
const codesOfNothing = ['ENOTFOUND', 'ENODATA']

const holds = async (resolve: Resolve, domain: string, token: string): Promise<Outcome | null> => {
  try {
    const records = await resolve(domain)
    // A long record comes in pieces.
    const there = records.some((parts) => parts.join('').trim() === `atelier-verification=${token}`)
    return there ? null : 'not there'
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    return codesOfNothing.includes(code) ? 'not there' : 'no answer'
  }
}

/** `service` comes with the secret key. Answers each claim that was open with what came of it. */
export const verifyDomains = async (
  service: SupabaseClient,
  resolve: Resolve = nameServers,
): Promise<{ domain: string; outcome: Outcome }[]> => {
  const outcomes: { domain: string; outcome: Outcome }[] = []
  for (let last = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { data, error } = await service
      .from('workspace_domains')
      .select('id, domain, verification_token')
      .is('verified_at', null)
      .gt('id', last)
      .order('id')
      .limit(rowsAtOnce)
    if (error) throw new Error(error.message)
    const open = claims.parse(data)
    for (const { id, domain, verification_token: token } of open) {
      const missing = await holds(resolve, domain, token)
      if (missing) {
        outcomes.push({ domain, outcome: missing })
        continue
      }
      const told = await service.rpc('verify_domain_for_service', { domain_id: id })
      if (told.error && told.error.code !== 'PT409') throw new Error(told.error.message)
      outcomes.push({ domain, outcome: told.error ? 'another workspace’s' : 'confirmed' })
    }
    const end = open.at(-1)
    if (!end || open.length < rowsAtOnce) return outcomes
    last = end.id
  }
}

if (import.meta.main) {
  const url = process.argv[2]
  const { ATELIER_SECRET_KEY } = process.env
  if (!url || !URL.canParse(url) || !ATELIER_SECRET_KEY) {
    console.error('ATELIER_SECRET_KEY=… npm run domains:verify -- <project URL>')
    process.exit(2)
  }
  const service = createClient(url, ATELIER_SECRET_KEY, { auth: { persistSession: false } })
  try {
    const outcomes = await verifyDomains(service)
    for (const { domain, outcome } of outcomes) console.log(`${domain}: ${outcome}`)
    if (outcomes.length === 0) console.log('No claim is open.')
  } catch (error) {
    console.error(
      `It ended early, and can be run again: ${error instanceof Error ? error.message : error}`,
    )
    process.exitCode = 1
  }
}
