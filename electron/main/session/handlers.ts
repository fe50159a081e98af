import type { SessionState } from '../../../src/contract/session.ts'
import type { EventPayload, HandlersOf } from '../../../src/contract/table.ts'
import { Failure } from '../../../src/domain/failure.ts'
import type { CurrentSession, OpenedSession } from './current-session.ts'
import { addAddress, type CodeFor, enterHere } from './local-account.ts'

type Trouble = EventPayload<'app.failure'>

/** The embedded backend: who works there without an address, and the codes it sends. */
type OwnBackend = {
  address: string
  localAccount: { displayName: string } | null
}

type Options = {
  session: Pick<CurrentSession, 'opened'>
  /** @throws server.unavailable, server.denied where it is not this computer's own */
  here: () => OwnBackend
  /** @throws server.unavailable */
  ready: () => void
  codeFor: CodeFor
  hasAccounts: (localAccount: { displayName: string } | null) => void
  /** Once what is to be told of the session has been told, together with its artifacts. */
  followed: () => Promise<unknown>
  keychain: () => { isWaiting: boolean }
  /** Answers why not all could be removed. */
  removeLocalCopies: () => Promise<Trouble | null>
  /** What the window keeps of its pages. */
  forgetPages: () => Promise<void>
  tellOf: (trouble: Trouble) => void
}

/** What the window asks of the session. */
export const sessionHandlers = (of: Options): HandlersOf<'session'> => {
  const opened = (): OpenedSession => {
    const session = of.session.opened()
    if (!session) throw new Failure('server.unavailable', 'No backend is connected.')
    return session
  }
  const signIn = () => opened().manager.signIn
  /** Whoever hears “active” may sync. */
  const settled = async (): Promise<SessionState> => {
    await of.followed()
    return opened().manager.state
  }
  return {
    'session.state': async () => {
      await of.followed()
      return of.session.opened()?.manager.state ?? { status: 'starting' }
    },
    'session.accessToken': async () => of.session.opened()?.manager.accessToken() ?? null,
    'session.signInWithPassword': async ({ email, password }) => {
      await signIn().withPassword(email, password)
      return settled()
    },
    'session.signUp': async ({ email, password, displayName }) => {
      await signIn().signUp(email, password, displayName)
      return settled()
    },
    'session.enterHere': async ({ displayName }) => {
      const { address, localAccount } = of.here()
      const isThere = localAccount !== null
      const who = { address, displayName: localAccount?.displayName ?? displayName, isThere }
      await signIn().by(() => enterHere(opened().auth, who, of.codeFor))
      of.hasAccounts({ displayName: who.displayName })
      return settled()
    },
    'session.addAddress': async ({ email, password }) => {
      const { address, localAccount } = of.here()
      const { manager } = opened()
      const accessToken = await manager.accessToken()
      if (!accessToken) throw new Failure('network.offline', 'There is no session to do it with.')
      if (!localAccount || manager.account?.email != null)
        throw new Failure('server.refused-input', 'This account has an address.')
      const wanted = { address, accessToken, email, password }
      await signIn().by(() => addAddress(opened().auth, wanted, of.codeFor))
      of.hasAccounts(null)
      return settled()
    },
    'session.signInWithOAuth': async ({ provider }) => {
      of.ready()
      return signIn().inBrowser(provider)
    },
    'session.openBrowserAgain': async () => signIn().openBrowserAgain(),
    'session.requestCode': async ({ email }) => signIn().requestCode(email),
    'session.verifyCode': async ({ email, code }) => {
      await signIn().withCode(email, code)
      return settled()
    },
    'session.pasteLink': async ({ link }) => {
      await signIn().openLink(link)
      return settled()
    },
    'session.cancelSignIn': async () => signIn().cancel(),
    'session.retryVault': async () => opened().manager.retryVault(),
    'session.keychain': async () => of.keychain(),
    'session.continueInMemory': async () => opened().manager.continueInMemory(),
    'session.signOut': async ({ removeLocalCopies }) => {
      // Signing out never waits for the disk; what could not be removed is told afterwards.
      const trouble = removeLocalCopies ? await of.removeLocalCopies() : null
      await opened().manager.signOut()
      if (removeLocalCopies) await of.forgetPages()
      if (trouble) of.tellOf(trouble)
      return settled()
    },
  }
}
