import { describe, expect, it } from 'vitest'
import { localAddress } from '../../../src/domain/local-address.ts'
import { identityHeader, identityOf } from '../../network/identity.ts'
import { Connection } from './connection.ts'

const origin = 'http://127.0.0.1:4100'
const id = '0195a000-0000-7000-8000-000000000001'
const ready = {
  type: 'ready',
  id,
  url: origin,
  publishableKey: 'sb_publishable_x',
  oauthProviders: [],
  firstRun: true,
  localAccount: null,
  hasSecrets: false,
}

/** A connection to a child that is played here; `hear` is what the child says. */
const open = async () => {
  const shown: string[] = []
  let hear: (message: unknown) => void = () => {}
  let secretOf = ''
  const connection = new Connection({
    startEmbedded: (secret) => {
      secretOf = secret
      return {
        onMessage: (listener) => {
          hear = listener
        },
        onExit: () => {},
        supplyMasterKey: () => {},
        ping: () => {},
        allowCallback: () => {},
        stop: async () => {},
      }
    },
    hasDatabase: () => false,
    masterKey: async () => null,
    fetch: async (input) => {
      const challenge = new URL(String(input)).searchParams.get('challenge') ?? ''
      const headers = { [identityHeader]: identityOf(secretOf, origin, challenge) }
      return new Response(null, { status: 204, headers })
    },
    isKnown: () => false,
    changed: () => {},
    mail: (code) => shown.push(code),
  })
  const opened = connection.open({ kind: 'embedded' })
  await new Promise(setImmediate)
  hear(ready)
  expect((await opened).status).toBe('ready')
  return { connection, shown, hear: (message: unknown) => hear(message) }
}

describe('codes of the embedded backend', () => {
  it('to this computer’s own address go to who asked, and to no page', async () => {
    const { connection, shown, hear } = await open()
    const to = localAddress(id)
    const code = connection.codeFor(to, async () => hear({ type: 'mail', to, code: '123456' }))
    expect(await code).toBe('123456')
    // Nobody asked for this one.
    hear({ type: 'mail', to, code: '654321' })
    hear({ type: 'mail', to: to.toUpperCase(), code: '654321' })
    expect(shown).toEqual([])
  })

  it('to everybody else’s are shown, as there is no mail server', async () => {
    const { shown, hear } = await open()
    hear({ type: 'mail', to: 'ada@atelier.example', code: '111111' })
    expect(shown).toEqual(['111111'])
  })

  it('are asked of no server that is not our child', async () => {
    const { connection } = await open()
    await connection.close()
    let isAsked = false
    const code = connection.codeFor(localAddress(id), async () => {
      isAsked = true
    })
    await expect(code).rejects.toMatchObject({ code: 'server.unavailable' })
    expect(isAsked).toBe(false)
  })

  it('tells from then on that somebody is there', async () => {
    const { connection } = await open()
    connection.hasAccounts()
    expect(connection.state).toMatchObject({ firstRun: false, localAccount: null })
    connection.hasAccounts({ displayName: 'Robin Vale' })
    expect(connection.state).toMatchObject({
      firstRun: false,
      localAccount: { displayName: 'Robin Vale' },
    })
  })
})
