import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Backend, startBackend } from '../../../electron/backend/backend.ts'
import { type AuthServer, openAuthServer } from '../../../electron/main/session/auth-server.ts'
import { openKnownAccount } from '../../../electron/main/session/known-account.ts'
import { addAddress, enterHere } from '../../../electron/main/session/local-account.ts'
import { SessionManager } from '../../../electron/main/session/session.ts'
import { memoryVault } from '../../../electron/main/session/vault.ts'
import { localAddress } from '../../../src/domain/local-address.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'
import { preparedBackendFolder } from '../../prepared/backend.ts'

let folder: string
let backend: Backend
let mails: { to: string; code: string }[] = []
let heard: (mail: { to: string; code: string }) => void = () => {}
const opened: SessionManager[] = []

const start = async () => {
  backend = await startBackend({
    folder,
    durable: false,
    onMail: ({ to, text }) => {
      const mail = { to, code: /\d{6}/.exec(text)?.[0] ?? '' }
      mails.push(mail)
      heard(mail)
    },
  })
}
beforeAll(async () => {
  folder = await preparedBackendFolder('local-account')
  await start()
})
afterEach(() => {
  mails = []
  for (const manager of opened.splice(0)) manager.close()
})
afterAll(() => backend.stop())

/** As main hears it from its own child. */
const codeFor = async (address: string, ask: () => Promise<void>): Promise<string> => {
  const code = new Promise<string>((done) => {
    heard = (mail) => mail.to === address && done(mail.code)
  })
  await ask()
  return code
}
const computer = async () => {
  const auth = openAuthServer({
    url: backend.url,
    publishableKey: backend.publishableKey,
    fetch,
  })
  const manager = new SessionManager({
    server: { id: backend.id, url: backend.url, auth },
    vault: memoryVault(),
    knownAccount: openKnownAccount(`${await temporaryFolder('known')}/account.json`),
    openBrowser: async () => {},
    changed: () => {},
  })
  opened.push(manager)
  await manager.start()
  return { auth, manager }
}
const who = (isThere: boolean, displayName = 'Robin Vale') => ({
  address: localAddress(backend.id),
  displayName,
  isThere,
})
const enter = async (
  { auth, manager }: { auth: AuthServer; manager: SessionManager },
  is: boolean,
) => manager.signIn.by(() => enterHere(auth, who(is), codeFor))

describe('the account that a name is enough for', () => {
  it('is made once, is in charge, and shows no address', async () => {
    expect(backend).toMatchObject({ firstRun: true, localAccount: null })
    const here = await computer()
    const state = await enter(here, false)
    expect(state).toMatchObject({
      status: 'active',
      account: { displayName: 'Robin Vale', email: null },
    })
    expect(mails).toEqual([])
    const answer = await fetch(`${backend.url}/rest/v1/projects?select=name,kind`, {
      headers: {
        apikey: backend.publishableKey,
        authorization: `Bearer ${await here.manager.accessToken()}`,
      },
    })
    expect(await answer.json()).toEqual([{ name: 'Robin Vale’s project', kind: 'personal' }])
  })

  it('is found again on a computer that lost its keychain, whatever is said of it', async () => {
    const first = await computer()
    await enter(first, true)
    const { id } = first.manager.account ?? {}
    const again = await computer()
    // A lost answer: it is there, though nobody knows.
    await enter(again, false)
    expect(again.manager.account?.id).toBe(id)
    expect(mails.every(({ to }) => to === localAddress(backend.id))).toBe(true)
  })

  it('is told of by the backend that is started again', async () => {
    await backend.stop()
    await start()
    expect(backend).toMatchObject({ firstRun: false, localAccount: { displayName: 'Robin Vale' } })
  })

  it('gets an address and a password, stays who it is, and is entered with both from then on', async () => {
    const here = await computer()
    await enter(here, true)
    const id = here.manager.account?.id
    const accessToken = (await here.manager.accessToken()) ?? ''
    const wanted = { email: 'robin@atelier.example', password: 'a password worth the name' }
    const state = await here.manager.signIn.by(() =>
      addAddress(here.auth, { address: localAddress(backend.id), accessToken, ...wanted }, codeFor),
    )
    expect(state).toMatchObject({ account: { id, email: wanted.email } })
    const other = await computer()
    await other.manager.signIn.withPassword(wanted.email, wanted.password)
    expect(other.manager.account?.id).toBe(id)
    await backend.stop()
    await start()
    expect(backend.localAccount).toBeNull()
  })

  it('takes no address that is somebody’s', async () => {
    const other = await computer()
    await other.manager.signIn.signUp('taken@atelier.example', 'another good password', 'Dana')
    const here = await computer()
    await here.manager.signIn.by(() => enterHere(here.auth, who(false, 'Second'), codeFor))
    const accessToken = (await here.manager.accessToken()) ?? ''
    const wanted = { email: 'taken@atelier.example', password: 'a password worth the name' }
    await expect(
      here.manager.signIn.by(() =>
        addAddress(
          here.auth,
          { address: localAddress(backend.id), accessToken, ...wanted },
          codeFor,
        ),
      ),
    ).rejects.toMatchObject({ code: 'auth.user-exists' })
    expect(here.manager.state).toMatchObject({ status: 'active', account: { email: null } })
  })
})
