import { createClient } from '@supabase/supabase-js'
import { expect, it } from 'vitest'
import { startBackend } from '../../../electron/backend/backend.ts'
import { verifyDomains } from '../../../operations/verify-domains.ts'
import { preparedBackendFolder } from '../../prepared/backend.ts'

const password = 'a-long-password'

it('claimed domains are confirmed by their DNS alone; and an account erased by itself signs in no more', async () => {
  const backend = await startBackend({
    folder: await preparedBackendFolder('domains'),
    durable: false,
  })
  try {
    const sign = async (email: string) => {
      const client = createClient(backend.url, backend.publishableKey, {
        auth: { persistSession: false, storageKey: email },
      })
      expect((await client.auth.signUp({ email, password })).error).toBeNull()
      return client
    }
    await sign('first@one.example')
    const [ada, grace] = [await sign('ada@one.example'), await sign('grace@two.example')]
    const claim = async (client: typeof ada, workspace: string, domain: string) => {
      const { data, error } = await client.rpc('claim_domain', { workspace, domain })
      expect(error).toBeNull()
      return data as string
    }
    const place = async (client: typeof ada) =>
      (await client.rpc('create_workspace', { name: 'W', company_name: 'W' })).data as string
    const [one, two] = [await place(ada), await place(grace)]
    const tokens = {
      shown: await claim(ada, one, 'shown.example'),
      long: await claim(ada, one, 'long.example'),
      both: await claim(ada, one, 'both.example'),
      late: await claim(grace, two, 'both.example'),
    }
    await claim(ada, one, 'other.example')
    await claim(ada, one, 'nothing.example')
    await claim(ada, one, 'silent.example')
    const records: Record<string, string[][]> = {
      'shown.example': [['v=spf1 -all'], [`atelier-verification=${tokens.shown}`]],
      'long.example': [['atelier-verification=', tokens.long]],
      'both.example': [
        [`atelier-verification=${tokens.both}`],
        [`atelier-verification=${tokens.late}`],
      ],
      'other.example': [['atelier-verification=of-somebody-else']],
    }
    const resolve = async (domain: string): Promise<string[][]> => {
      const found = records[domain]
      if (found) return found
      const code = domain === 'silent.example' ? 'ETIMEOUT' : 'ENOTFOUND'
      throw Object.assign(new Error(code), { code })
    }
    const service = createClient(backend.url, backend.secretKey, {
      auth: { persistSession: false },
    })
    const told = await verifyDomains(service, resolve)
    const lines = told.map(({ domain, outcome }) => `${domain}: ${outcome}`).toSorted()
    expect(lines).toEqual([
      'both.example: another workspace’s',
      'both.example: confirmed',
      'long.example: confirmed',
      'nothing.example: not there',
      'other.example: not there',
      'shown.example: confirmed',
      'silent.example: no answer',
    ])
    const names = await ada.rpc('company_email_domains', { workspace: one })
    expect(names.data).toEqual(expect.arrayContaining(['long.example', 'shown.example']))
    // Again: what is open is asked again, what is confirmed is not.
    expect(await verifyDomains(service, resolve)).toHaveLength(4)
    // Whoever has no secret key sees nothing to confirm, and may not.
    expect(await verifyDomains(await sign('no@three.example'), resolve)).toEqual([])

    // This backend's auth server lets go of everything of an account that erased itself.
    const erased = await grace.rpc('erase_my_account', { confirmation: 'grace@two.example' })
    expect(erased.error).toBeNull()
    const again = await grace.auth.signInWithPassword({ email: 'grace@two.example', password })
    expect(again.error).not.toBeNull()
    await sign('grace@two.example')
  } finally {
    await backend.stop()
  }
})
