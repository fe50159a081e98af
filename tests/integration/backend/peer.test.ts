import { createClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { expect, it } from 'vitest'
import { startBackend } from '../../../electron/backend/backend.ts'
import { preparedBackendFolder } from '../../prepared/backend.ts'

it('the log has the address a request really came from, of functions and of tables, whatever its headers say', async () => {
  const backend = await startBackend({
    folder: await preparedBackendFolder('peer'),
    durable: false,
  })
  const sql = postgres(backend.databaseUrl, { max: 1, onnotice: () => {} })
  try {
    const forged = '6.6.6.6'
    const client = createClient(backend.url, backend.publishableKey, {
      auth: { persistSession: false },
      global: {
        headers: {
          'CF-Connecting-IP': forged,
          'True-Client-IP': forged,
          'X-Real-IP': forged,
          'X-Forwarded-For': `${forged}, 127.0.0.1`,
          Forwarded: `for=${forged}`,
          'User-Agent': 'Somebody/1.0',
        },
      },
    })
    const joined = await client.auth.signUp({
      email: 'ada@peer.example',
      password: 'a-long-password',
    })
    expect(joined.error).toBeNull()
    const made = await client.rpc('create_workspace', { name: 'Works', company_name: 'Works' })
    expect(made.error).toBeNull()
    const renamed = await client.from('workspaces').update({ name: 'Mills' }).eq('id', made.data)
    expect(renamed.error).toBeNull()
    const log = await sql`
      select action, host(ip_address) as address, user_agent as agent from public.audit_logs
      where record_id = ${made.data} and table_name = 'workspaces' order by created_at`
    const from = { address: '127.0.0.1', agent: 'Somebody/1.0' }
    expect(log).toEqual([
      { action: 'INSERT', ...from },
      { action: 'UPDATE', ...from },
    ])
    expect(await sql`select 1 from public.audit_logs where ip_address = ${forged}`).toHaveLength(0)
  } finally {
    await sql.end()
    await backend.stop()
  }
})
