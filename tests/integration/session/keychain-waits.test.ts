import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Backend, startBackend } from '../../../electron/backend/backend.ts'
import { openAuthServer } from '../../../electron/main/session/auth-server.ts'
import { openKnownAccount } from '../../../electron/main/session/known-account.ts'
import { SessionManager } from '../../../electron/main/session/session.ts'
import { keychainVault, memoryVault, type Vault } from '../../../electron/main/session/vault.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'
import { preparedBackendFolder } from '../../prepared/backend.ts'

const password = 'a-long-password'
let backend: Backend
let people = 0
const opened: SessionManager[] = []
beforeAll(async () => {
  backend = await startBackend({ folder: await preparedBackendFolder('waits'), durable: false })
})
afterEach(() => {
  for (const manager of opened.splice(0)) manager.close()
})
afterAll(() => backend.stop())

/** A keychain whose own window asks the person, for as long as nobody answers it. */
const promptingVaultStandIn = () => {
  const inner = memoryVault()
  let answered = Promise.resolve()
  let answer = (): void => {}
  let isWriting = false
  const asks = <T>(work: () => Promise<T>): Promise<T> => answered.then(work)
  const vault: Vault = {
    kind: 'keychain',
    read: (name) => asks(() => inner.read(name)),
    write: (name, secret) => {
      isWriting = true
      return asks(() => inner.write(name, secret)).finally(() => {
        isWriting = false
      })
    },
    remove: (name) => asks(() => inner.remove(name)),
  }
  return {
    vault,
    inner,
    prompt: () => {
      answered = new Promise((resolve) => {
        answer = resolve
      })
    },
    answer: () => answer(),
    isWriting: () => isWriting,
  }
}

const computer = async () => {
  const folder = await temporaryFolder('waiting')
  const keychain = promptingVaultStandIn()
  const clock = { ahead: 0, uptime: 0 }
  const start = () => {
    const manager = new SessionManager({
      server: {
        id: backend.id,
        url: backend.url,
        auth: openAuthServer({ ...backend, fetch: globalThis.fetch }),
      },
      vault: keychain.vault,
      knownAccount: openKnownAccount(join(folder, 'account.json')),
      openBrowser: async () => {},
      changed: () => {},
      now: () => Date.now() + clock.ahead,
    })
    opened.push(manager)
    return { manager, started: manager.start() }
  }
  people += 1
  return { start, keychain, clock, email: `waits-${people}@session.example` }
}
const signedUp = async () => {
  const here = await computer()
  const { manager, started } = here.start()
  await started
  await manager.signIn.signUp(here.email, password, 'A Person')
  return { ...here, manager, id: manager.account!.id }
}
const took = async (work: Promise<unknown>): Promise<number> => {
  const from = performance.now()
  await work
  return performance.now() - from
}

it('tells that the keychain keeps silent, and that it has answered', async () => {
  const told: boolean[] = []
  const vault = keychainVault('quick', (isWaiting) => told.push(isWaiting))
  await vault.write('entry', 'secret')
  await vault.remove('entry')
  expect(told).toEqual([])
})

it('shows who is known while it waits, and goes on when it is answered', async () => {
  const { manager, start, keychain, id } = await signedUp()
  manager.close()
  keychain.prompt()
  const { manager: again, started } = start()
  await expect.poll(() => again.state).toMatchObject({ status: 'offline', account: { id } })
  keychain.answer()
  await started
  expect(again.state).toMatchObject({ status: 'active', account: { id } })
})

it('signs out at once, and removes the entry when it is answered', async () => {
  const { manager, keychain, id } = await signedUp()
  const entry = `${backend.id} ${id}`
  expect(await keychain.inner.read(entry)).not.toBeNull()
  keychain.prompt()
  expect(await took(manager.signOut())).toBeLessThan(3_000)
  expect(manager.state).toEqual({ status: 'signedOut', failure: null })
  keychain.answer()
  await expect.poll(() => keychain.inner.read(entry)).toBeNull()
})

it('signs out at once of a start that waits, and nobody comes back by the late answer', async () => {
  const { manager, start, keychain } = await signedUp()
  manager.close()
  keychain.prompt()
  const { manager: again, started } = start()
  await expect.poll(() => again.state.status).toBe('offline')
  expect(await took(again.signOut())).toBeLessThan(3_000)
  keychain.answer()
  await started
  expect(again.state.status).toBe('signedOut')
})

it.each([
  ['before it was asked', false],
  ['while it is asked', true],
])('is not waited for by whoever goes on in memory, %s', async (_, isAsked) => {
  const here = await computer()
  const { manager, started } = here.start()
  await started
  here.keychain.prompt()
  const signUp = manager.signIn.signUp(here.email, password, 'A Person')
  if (isAsked) await expect.poll(here.keychain.isWriting, { timeout: 10_000 }).toBe(true)
  await expect
    .poll(() => manager.continueInMemory().then(({ status }) => status), { timeout: 10_000 })
    .toBe('active')
  expect(manager.state).toMatchObject({ status: 'active', vault: 'memory' })
  // The answer comes too late to change anything.
  here.keychain.answer()
  await signUp
  expect(manager.state).toMatchObject({ status: 'active', vault: 'memory' })
})

it('does not keep an active session from a new token', async () => {
  const { manager, keychain, clock } = await signedUp()
  const before = await manager.accessToken()
  clock.ahead = 2 * 3600_000
  keychain.prompt()
  const token = await manager.accessToken()
  expect(token).not.toBeNull()
  expect(token).not.toBe(before)
  expect(manager.state.status).toBe('active')
  keychain.answer()
})

it('ends no active session that goes on in memory, however often that is said', async () => {
  const { manager, keychain, clock } = await signedUp()
  clock.ahead = 2 * 3600_000
  keychain.prompt()
  for (let turn = 0; turn < 2; turn += 1)
    expect(await manager.continueInMemory()).toMatchObject({ status: 'active', vault: 'memory' })
  expect(await manager.accessToken()).not.toBeNull()
  clock.ahead = 4 * 3600_000
  expect(await manager.accessToken()).not.toBeNull()
  expect(manager.state).toMatchObject({ status: 'active', vault: 'memory' })
  keychain.answer()
})

it('opens the sign-in for whoever is not known, however long it waits', async () => {
  const here = await computer()
  here.keychain.prompt()
  const { manager, started } = here.start()
  expect(await took(started)).toBeLessThan(5_000)
  expect(manager.state).toEqual({ status: 'signedOut', failure: null })
  here.keychain.answer()
})
