import { expect, it } from 'vitest'
import { identityHeader, identityOf } from '../../network/identity.ts'
import { Connection } from './connection.ts'

const origin = 'http://127.0.0.1:4100'

/** A connection to a child that is played here, and whom its port asks for a proof. */
const open = async () => {
  const scene = { challenges: 0, pings: 0, isAlive: true }
  let hear: (message: unknown) => void = () => {}
  let end = (): void => {}
  let secretOf = ''
  const connection = new Connection({
    startEmbedded: (secret) => {
      secretOf = secret
      return {
        onMessage: (listener) => {
          hear = listener
        },
        onExit: (listener) => {
          end = listener
        },
        supplyMasterKey: () => {},
        ping: () => {
          scene.pings += 1
          if (scene.isAlive) hear({ type: 'pong' })
        },
        allowCallback: () => {},
        stop: async () => {},
      }
    },
    hasDatabase: () => false,
    masterKey: async () => null,
    fetch: async (input) => {
      scene.challenges += 1
      const challenge = new URL(String(input)).searchParams.get('challenge') ?? ''
      const headers = { [identityHeader]: identityOf(secretOf, origin, challenge) }
      return new Response(null, { status: 204, headers })
    },
    isKnown: () => false,
    changed: () => {},
    mail: () => {},
  })
  const opened = connection.open({ kind: 'embedded' })
  await new Promise(setImmediate)
  hear({
    type: 'ready',
    id: '0195a000-0000-7000-8000-000000000001',
    url: origin,
    publishableKey: 'sb_publishable_x',
    oauthProviders: [],
    firstRun: true,
    localAccount: null,
    hasSecrets: false,
  })
  await opened
  let isCut = false
  const ask = connection.guard(async () => {
    if (isCut) throw new Error('cut')
    return 'answered'
  })
  return {
    scene,
    ask: () => ask(origin, null),
    cut: (now: boolean) => {
      isCut = now
    },
    end: () => end(),
  }
}

it('after a request that failed the child is asked first, and then for its proof', async () => {
  const { scene, ask, cut } = await open()
  expect(await ask()).toBe('answered')
  expect(scene).toMatchObject({ challenges: 1, pings: 0 })
  cut(true)
  await expect(ask()).rejects.toThrow('cut')
  cut(false)
  expect(await ask()).toBe('answered')
  expect(scene).toMatchObject({ challenges: 2, pings: 1 })
})

it('who listens in place of a child that died unheard is told nothing, not even a challenge', async () => {
  const { scene, ask, cut, end } = await open()
  cut(true)
  await expect(ask()).rejects.toThrow('cut')
  scene.isAlive = false
  cut(false)
  const asked = ask()
  await new Promise(setImmediate)
  end()
  await expect(asked).rejects.toMatchObject({ code: 'server.unavailable' })
  expect(scene.challenges).toBe(1)
})
