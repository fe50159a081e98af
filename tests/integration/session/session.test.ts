import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Backend, startBackend } from '../../../electron/backend/backend.ts'
import { openAuthServer } from '../../../electron/main/session/auth-server.ts'
import { openKnownAccount } from '../../../electron/main/session/known-account.ts'
import { SessionManager } from '../../../electron/main/session/session.ts'
import { keychainVault, memoryVault, type Vault } from '../../../electron/main/session/vault.ts'
import type { SessionState } from '../../../src/contract/session.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { followInBrowser, startGitHubStandIn } from '../../fixtures/github-stand-in.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'
import { preparedBackendFolder } from '../../prepared/backend.ts'

const password = 'a-long-password'
let backend: Backend
let github: Awaited<ReturnType<typeof startGitHubStandIn>>
let people = 0
const portals: Server[] = []
const opened: SessionManager[] = []

beforeAll(async () => {
  github = await startGitHubStandIn()
  backend = await startBackend({
    folder: await preparedBackendFolder('session'),
    durable: false,
    oauth: { github: { clientId: github.clientId, secret: github.secret, url: github.url } },
  })
})
afterEach(() => {
  for (const manager of opened.splice(0)) manager.close()
})
afterAll(async () => {
  for (const portal of portals) portal.close()
  await backend.stop()
  await github.stop()
})

/** A network between the application and the server: it counts, breaks, and can lead elsewhere. */
const network = () => {
  const asked: string[] = []
  let elsewhere: string | null = null
  const route: typeof fetch = (input, init) => {
    const url = String(input instanceof Request ? input.url : input)
    asked.push(url)
    return fetch(elsewhere ? url.replace(backend.url, elsewhere) : url, init)
  }
  return {
    fetch: route,
    refreshes: () => asked.filter((url) => url.includes('refresh_token')).length,
    breakDown: () => {
      elsewhere = 'http://127.0.0.1:9'
    },
    /** As a hotel's Wi-Fi answers before one has paid, or a proxy whose server is away. */
    async captivePortal(status: number, body = '<html><body>Please log in</body></html>') {
      const type = body.startsWith('{') ? 'application/json' : 'text/html'
      const server = createServer((_, response) =>
        response.writeHead(status, { 'content-type': type }).end(body),
      ).listen(0, '127.0.0.1')
      portals.push(server)
      await once(server, 'listening')
      const address = server.address()
      elsewhere = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    },
    mend: () => {
      elsewhere = null
    },
  }
}

/** One computer: a data folder, the real keychain, a network. `start` is a start of the application. */
const computer = async (vaultOf: (folder: string) => Vault = keychainVault) => {
  const folder = await temporaryFolder('computer')
  const wires = network()
  const vault = vaultOf(folder)
  const pages: string[] = []
  const clock = { ahead: 0 }
  const now = () => Date.now() + clock.ahead
  const knownAccount = openKnownAccount(join(folder, 'account.json'))
  const start = async () => {
    const states: SessionState[] = []
    const manager = new SessionManager({
      server: {
        id: backend.id,
        url: backend.url,
        auth: openAuthServer({
          url: backend.url,
          publishableKey: backend.publishableKey,
          fetch: wires.fetch,
        }),
      },
      vault,
      knownAccount,
      openBrowser: async (url) => void pages.push(url),
      changed: (state) => states.push(state),
      now,
    })
    opened.push(manager)
    await manager.start()
    return { manager, states }
  }
  people += 1
  const email = `person-${people}@session.example`
  const entry = (id: string) => `${backend.id} ${id}`
  return { folder, vault, wires, start, email, knownAccount, entry, pages, clock }
}

const signedUp = async (vaultOf?: (folder: string) => Vault) => {
  const here = await computer(vaultOf)
  const { manager } = await here.start()
  await manager.signIn.signUp(here.email, password, 'A Person')
  return { ...here, manager, id: manager.account!.id }
}

const asksServer = async (token: string | null) =>
  (
    await fetch(`${backend.url}/rest/v1/users?select=id`, {
      headers: { apikey: backend.publishableKey, authorization: `Bearer ${token}` },
    })
  ).status

const ended = async (accountId: string) => {
  const sql = postgres(backend.databaseUrl, { max: 1, onnotice: () => {} })
  await sql`delete from auth.sessions where user_id = ${accountId}`
  await sql.end()
}

describe('signing in', () => {
  it('with a password: active, and the refresh token lies in the keychain alone', async () => {
    const { manager, vault, id, entry, knownAccount } = await signedUp()
    expect(manager.state).toMatchObject({ status: 'active', vault: 'keychain' })
    expect(JSON.parse((await vault.read(entry(id)))!)).toMatchObject({ accountId: id })
    expect(JSON.stringify(await knownAccount.read())).not.toMatch(/refresh|token/i)
    expect(await asksServer(await manager.accessToken())).toBe(200)
  })

  it.each([
    [
      'a wrong password',
      'auth.invalid-credentials',
      (m: SessionManager, email: string) => m.signIn.withPassword(email, 'wrong-password'),
    ],
    [
      'a person nobody knows',
      'auth.invalid-credentials',
      (m: SessionManager) => m.signIn.withPassword('who@session.example', password),
    ],
    [
      'a taken address',
      'auth.user-exists',
      (m: SessionManager, email: string) => m.signIn.signUp(email, password, 'Again'),
    ],
    [
      'a short password',
      'auth.weak-password',
      (m: SessionManager) => m.signIn.signUp('new@session.example', 'x', 'New'),
    ],
    [
      'a wrong code',
      'auth.invalid-code',
      (m: SessionManager, email: string) => m.signIn.withCode(email, '000000'),
    ],
  ] as const)('%s is told as %s', async (_, code, attempt) => {
    const { email, manager: known } = await signedUp()
    await known.signOut()
    const here = await computer()
    const { manager } = await here.start()
    await expect(attempt(manager, email)).rejects.toMatchObject({ code })
    expect(manager.state).toEqual({ status: 'signedOut', failure: null })
  })

  it('in the browser, the link coming after a restart', async () => {
    const here = await computer()
    const before = await here.start()
    await before.manager.signIn.inBrowser('github')
    before.manager.close()
    const link = await followInBrowser(here.pages[0]!)
    const { manager } = await here.start()
    expect(manager.state).toMatchObject({ status: 'signingIn', provider: 'github' })
    expect(await manager.signIn.openLink(link)).toMatchObject({
      status: 'active',
      account: { displayName: 'Octavia Grey' },
    })
    await expect(manager.signIn.openLink(link)).rejects.toMatchObject({ code: 'link.used-flow' })
  })

  it.each([-3600_000, -120_000, 7200_000])(
    'in the browser, by a clock that is put right by %i ms meanwhile',
    async (milliseconds) => {
      const here = await computer()
      const { manager } = await here.start()
      await manager.signIn.inBrowser('github')
      const link = await followInBrowser(here.pages.at(-1)!)
      here.clock.ahead = milliseconds
      expect(await manager.signIn.openLink(link)).toMatchObject({ status: 'active' })
    },
  )

  it('given up in the browser, the person stays who they were', async () => {
    const { manager, id, clock } = await signedUp()
    await ended(id)
    clock.ahead = 2 * 3600_000
    expect(await manager.accessToken()).toBeNull()
    expect(manager.state.status).toBe('reauthenticate')
    await manager.signIn.inBrowser('github')
    expect(manager.state.status).toBe('signingIn')
    expect(await manager.signIn.cancel()).toMatchObject({
      status: 'reauthenticate',
      account: { id },
    })
  })
})

describe('starting again', () => {
  it('is active with no question, and rotates the refresh token', async () => {
    const { start, manager, vault, id, entry } = await signedUp()
    const before = await vault.read(entry(id))
    manager.close()
    const again = await start()
    expect(again.manager.state).toMatchObject({ status: 'active', account: { id } })
    expect(await vault.read(entry(id))).not.toBe(before)
    expect(await asksServer(await again.manager.accessToken())).toBe(200)
  })

  it('with the server away: offline with the same person, and back when it is back', async () => {
    const { start, manager, wires, id } = await signedUp()
    manager.close()
    wires.breakDown()
    const again = await start()
    expect(again.manager.state).toMatchObject({ status: 'offline', account: { id } })
    expect(await again.manager.accessToken()).toBeNull()
    wires.mend()
    again.manager.reconnect()
    await vi.waitFor(() => expect(again.manager.state.status).toBe('active'), { timeout: 5000 })
  })

  it.each([
    ['a page with 200', 200, undefined],
    ['a page with 502', 502, undefined],
    ['a page with 401', 401, undefined],
    [
      'too many requests',
      429,
      '{"code":429,"error_code":"over_request_rate_limit","msg":"slow down"}',
    ],
    ['JSON of something else', 400, '{"error":"unavailable"}'],
    ['nothing', 503, '{}'],
  ])('answered with %s: offline, and the session is kept', async (_, status, body) => {
    const { start, manager, wires, vault, id, entry } = await signedUp()
    manager.close()
    const before = await vault.read(entry(id))
    await wires.captivePortal(status, body)
    const again = await start()
    expect(again.manager.state).toMatchObject({ status: 'offline', account: { id } })
    expect(await vault.read(entry(id))).toBe(before)
    wires.mend()
    again.manager.reconnect()
    await vi.waitFor(() => expect(again.manager.state.status).toBe('active'), { timeout: 5000 })
  })

  it('with a session that was ended elsewhere: asks to sign in again, and keeps the person', async () => {
    const { start, manager, id, email } = await signedUp()
    manager.close()
    await ended(id)
    const again = await start()
    expect(again.manager.state).toMatchObject({
      status: 'reauthenticate',
      account: { id },
      failure: 'auth.refused',
    })
    await again.manager.signIn.withPassword(email, password)
    expect(again.manager.state.status).toBe('active')
  })

  it('with a keychain entry that cannot be read: says so, and signing in mends it', async () => {
    const { start, manager, vault, id, entry, email } = await signedUp()
    manager.close()
    await vault.write(entry(id), '{"refreshToken":')
    const again = await start()
    // A way out, and not the same dead end at every start.
    expect(again.manager.state).toMatchObject({
      status: 'reauthenticate',
      account: { id },
      failure: 'auth.signed-out',
    })
    await again.manager.signIn.withPassword(email, password)
    expect(again.manager.state.status).toBe('active')
    expect(JSON.parse((await vault.read(entry(id)))!)).toMatchObject({ accountId: id })
  })
})

describe('the access token', () => {
  it('is one refresh for many who ask at once, and none while it is good', async () => {
    const { start, manager, wires, clock } = await signedUp()
    manager.close()
    const again = await start()
    expect(wires.refreshes()).toBe(1)
    await Promise.all(Array.from({ length: 50 }, () => again.manager.accessToken()))
    expect(wires.refreshes()).toBe(1)
    // Our clock jumps past the token's end; the next answer's date tells that it alone did.
    clock.ahead = 3600_000
    const tokens = await Promise.all(Array.from({ length: 50 }, () => again.manager.accessToken()))
    expect(wires.refreshes()).toBe(2)
    expect(new Set(tokens).size).toBe(1)
  })

  it.each([-24, 24])(
    'is judged by the server’s clock when ours is off by %i hours',
    async (hours) => {
      const here = await computer()
      here.clock.ahead = hours * 3600_000
      const { wires } = here
      const { manager } = await here.start()
      await manager.signIn.signUp(here.email, password, 'A Person')
      expect(await asksServer(await manager.accessToken())).toBe(200)
      for (let each = 0; each < 10; each += 1) await manager.accessToken()
      expect(wires.refreshes()).toBe(0)
    },
  )
})

/** The keychain, with a switch: what it does when it is off is what a locked one does. */
const switchable = () => {
  const locks = { locked: false }
  const refuse = async () => {
    if (locks.locked) throw new Failure('vault.locked', 'The keychain is locked.')
  }
  return {
    locks,
    vaultOf: (folder: string): Vault => {
      const real = keychainVault(folder)
      return {
        kind: 'keychain',
        read: async (name, expected) => refuse().then(() => real.read(name, expected)),
        write: async (name, secret) => refuse().then(() => real.write(name, secret)),
        remove: async (name) => refuse().then(() => real.remove(name)),
      }
    },
  }
}

describe('a keychain that locks', () => {
  it('between the rotation and the write: nothing is lost when it opens again', async () => {
    const { locks, vaultOf } = switchable()
    const { start, manager, wires, id } = await signedUp(vaultOf)
    manager.close()
    const opening = start()
    await vi.waitFor(() => expect(wires.refreshes()).toBe(1), { interval: 1 })
    locks.locked = true
    const again = await opening
    expect(again.manager.state).toMatchObject({ status: 'locked', reason: 'locked' })
    locks.locked = false
    expect(await again.manager.retryVault()).toMatchObject({ status: 'active', account: { id } })
    expect(wires.refreshes()).toBe(1)
    again.manager.close()
    expect((await start()).manager.state.status).toBe('active')
  })

  it('at sign-in: the person may go on until they quit, and nothing is written', async () => {
    const { locks, vaultOf } = switchable()
    const { start, email, knownAccount } = await signedUp(vaultOf)
    await opened.at(-1)?.signOut()
    locks.locked = true
    const { manager } = await start()
    await manager.signIn.withPassword(email, password)
    expect(manager.state).toMatchObject({ status: 'locked', reason: 'locked' })
    expect(await manager.continueInMemory()).toMatchObject({ status: 'active', vault: 'memory' })
    expect(await asksServer(await manager.accessToken())).toBe(200)
    expect(await knownAccount.read()).toBeNull()
    manager.close()
    expect((await start()).manager.state.status).toBe('signedOut')
  })
})

describe('signing out', () => {
  it('leaves nothing here, and ends the session there', async () => {
    const { start, manager, vault, id, entry, knownAccount } = await signedUp()
    const { refreshToken } = JSON.parse((await vault.read(entry(id)))!) as { refreshToken: string }
    expect(await manager.signOut()).toEqual({ status: 'signedOut', failure: null })
    expect(await vault.read(entry(id))).toBeNull()
    expect(await knownAccount.read()).toBeNull()
    expect(await manager.accessToken()).toBeNull()
    await vi.waitFor(async () => {
      const answer = await fetch(`${backend.url}/auth/v1/token?grant_type=refresh_token`, {
        method: 'POST',
        headers: { apikey: backend.publishableKey, 'content-type': 'application/json' },
        body: JSON.stringify({ refresh_token: refreshToken }),
      })
      expect(answer.status).toBe(400)
    })
    expect((await start()).manager.state).toEqual({ status: 'signedOut', failure: null })
  })

  it('says so when the keychain keeps the entry, and is out all the same', async () => {
    const { locks, vaultOf } = switchable()
    const { start, manager, knownAccount } = await signedUp(vaultOf)
    locks.locked = true
    expect(await manager.signOut()).toEqual({ status: 'signedOut', failure: 'vault.locked' })
    expect(await manager.accessToken()).toBeNull()
    expect(await knownAccount.read()).toBeNull()
    manager.close()
    expect((await start()).manager.state.status).toBe('signedOut')
  })

  it('works with no network', async () => {
    const { manager, wires, vault, id, entry } = await signedUp()
    wires.breakDown()
    expect((await manager.signOut()).status).toBe('signedOut')
    expect(await vault.read(entry(id))).toBeNull()
  })

  it('while a refresh is under way wins over it', async () => {
    const { start, manager, vault, id, entry, clock } = await signedUp()
    manager.close()
    const again = await start()
    clock.ahead = 3600_000
    const refreshing = again.manager.accessToken()
    await again.manager.signOut()
    await refreshing
    expect(again.manager.state.status).toBe('signedOut')
    expect(await vault.read(entry(id))).toBeNull()
  })
})

describe('two accounts, one after the other', () => {
  const switching = async (vaultOf: () => Vault = memoryVault) => {
    const { manager, id, wires, knownAccount } = await signedUp(vaultOf)
    people += 1
    const other = `person-${people}@session.example`
    const switched = async () => {
      await manager.signOut()
      await manager.signIn.signUp(other, password, 'Other')
    }
    return { manager, id, switched, knownAccount, refreshes: wires.refreshes }
  }
  it('what is the first one’s never goes out with the second one’s token', async () => {
    const { manager, id, switched } = await switching()
    const first = await manager.accessTokenOf(id)
    expect(first).not.toBeNull()
    await switched()
    const second = manager.account!
    expect(second.id).not.toBe(id)
    expect(await manager.accessTokenOf(id)).toBeNull()
    expect(await manager.accessTokenOf(id, first!)).toBeNull()
    expect(await manager.accessTokenOf(second.id)).not.toBeNull()
  })
  it('nor when a keychain that takes its time answers after the second one came', async () => {
    let slow: Promise<void> | null = null
    const vault = memoryVault()
    const { manager, id, switched, refreshes, knownAccount } = await switching(() => ({
      ...vault,
      kind: 'keychain',
      write: async (...entry) => {
        await slow
        return vault.write(...entry)
      },
    }))
    const first = (await manager.accessTokenOf(id))!
    const { promise, resolve } = Promise.withResolvers<void>()
    slow = promise
    const asked = manager.accessTokenOf(id, first)
    await vi.waitFor(() => expect(refreshes()).toBe(1))
    slow = null
    await switched()
    expect(await asked).toBeNull()
    resolve()
    // The next start knows the second one.
    await new Promise((done) => setTimeout(done, 300))
    expect((await knownAccount.read())?.account.id).toBe(manager.account!.id)
    expect(await vault.read(`${backend.id} ${id}`)).toBeNull()
  })
})
