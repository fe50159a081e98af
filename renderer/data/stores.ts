import { create } from 'zustand'
import type { AppInfo, BackendState, LanguageChoice, Theme } from '../../src/contract/app.ts'
import type { FolderLink } from '../../src/contract/folders.ts'
import { type NetworkState, openWay } from '../../src/contract/network.ts'
import type { Account, KeychainState, SessionState } from '../../src/contract/session.ts'
import { idleSync, type SyncState } from '../../src/contract/sync.ts'
import { outageAfterMs } from '../../src/domain/outage.ts'
import { speak } from '../text/speak.ts'
import { accountStore, forgetAccount } from './account-store.ts'
import { connectAdditions } from './additions.ts'
import { desktop } from './desktop.ts'
import { connectExaminations } from './examinations.ts'
import { useUpdates } from './updates.ts'

/** What main knows, mirrored: each store is main's last word and nothing else writes to it. */
export const useSession = create<SessionState>(() => ({ status: 'starting' }))
export const useBackend = create<BackendState | { status: 'unknown' }>(() => ({
  status: 'unknown',
}))
export const useSync = accountStore<SyncState>(() => idleSync)
/** Folders of this computer that follow artifacts; null until main has told. */
export const useFolders = accountStore<{ links: FolderLink[] | null }>(() => ({ links: null }))
export const useAppInfo = create<AppInfo>(() => ({
  version: '',
  platform: 'linux',
  theme: 'system',
  languageChoice: 'system',
  language: 'en',
  personName: '',
  sandbox: 'on',
}))

/** What was made here and is not at the server: edits of files and changes of rows, refused ones among them. */
export const useUnsent = (): number =>
  useSync(({ outbox, mutations }) => outbox + mutations.waiting + mutations.blocked)

/** Whether the keychain's own window waits for the person. */
export const useKeychain = create<KeychainState>(() => ({ isWaiting: false }))

/** What the network between asks the person, and why the server is not to be had. */
export const useNetwork = create<NetworkState>(() => openWay)

/** The newest code of a mail that the embedded backend would have sent: here it is shown instead. */
export const useMailedCode = accountStore<{ code: string | null }>(() => ({ code: null }))

/** ISO time since which the server is not to be had; null while it is, or was a moment ago. */
export const useOutage = create<{ since: string | null }>(() => ({ since: null }))

/** Whether the server is to be had: a session outlives one that goes away. */
export const useReached = (): boolean => {
  const hasSession = useSession((session) => session.status === 'active')
  const isOut = useOutage(({ since }) => since !== null)
  return hasSession && !isOut
}

/** A server that is missed for a moment only is no news. */
const followOutage = (): void => {
  let timer: ReturnType<typeof setTimeout> | null = null
  useSync.subscribe(({ missedSince }, before) => {
    if (missedSince === before.missedSince) return
    if (timer) clearTimeout(timer)
    timer = null
    if (missedSince === null) return useOutage.setState({ since: null })
    const missedFor = Math.max(0, Date.now() - Date.parse(missedSince))
    timer = setTimeout(
      () => useOutage.setState({ since: missedSince }),
      Math.max(0, outageAfterMs - missedFor),
    )
  })
}

/** The person known here, signed in or merely remembered. */
export const accountOf = (session: SessionState): Account | null =>
  session.status === 'active' ||
  session.status === 'offline' ||
  session.status === 'reauthenticate' ||
  session.status === 'locked'
    ? session.account
    : null

export const setTheme = async (theme: Theme): Promise<void> => {
  useAppInfo.setState({ theme })
  await desktop.app.setTheme({ theme })
}

/** The page is drawn anew in it: see App. */
export const setLanguage = async (languageChoice: LanguageChoice): Promise<void> => {
  const language = await desktop.app.setLanguage({ choice: languageChoice })
  await speak(language)
  useAppInfo.setState({ languageChoice, language })
}

/** Whoever comes next on this computer starts with nothing of whoever was here before. */
const forgetFormerAccounts = (): void => {
  let current: string | null = null
  useSession.subscribe((session) => {
    const next = accountOf(session)?.id ?? null
    // While somebody signs in again, or a backend starts, nobody is named and nobody has left.
    const hasLeft = session.status === 'signedOut' || (next !== null && next !== current)
    if (current !== null && hasLeft) forgetAccount()
    if (next !== null || session.status === 'signedOut') current = next
  })
}

type Mirrored<State> = { setState(state: State, replace: true): void }

/**
 * Has a store say what main says: its answer when it is asked, and its events. A late answer never overwrites an event.
 * Answers how main is asked again, where what it said before counts no more.
 */
export const mirror = <State>(
  store: Mirrored<State>,
  ask: () => Promise<State>,
  listen: (told: (state: State) => void) => unknown,
): (() => void) => {
  let turn = 0
  const take = (state: State): void => {
    turn += 1
    store.setState(state, true)
  }
  listen(take)
  const askNow = (): void => {
    turn += 1
    const mine = turn
    // Nobody may be signed in yet: an event follows.
    ask().then(
      (state) => mine === turn && take(state),
      () => {},
    )
  }
  askNow()
  return askNow
}

/** Everything that main knows and a store here says. */
export const connectStores = (): void => {
  followOutage()
  forgetFormerAccounts()
  mirror(useAppInfo, desktop.app.info, () => {})
  mirror(useBackend, desktop.backend.state, (told) => desktop.on('backend.changed', told))
  mirror(useKeychain, desktop.session.keychain, (told) =>
    desktop.on('session.keychainChanged', told),
  )
  mirror(useNetwork, desktop.network.state, (told) => desktop.on('network.changed', told))
  const askForFolders = mirror(
    useFolders,
    async () => ({ links: await desktop.folders.list() }),
    (told) => desktop.on('folders.changed', (links) => told({ links })),
  )
  const askForSync = mirror(useSync, desktop.sync.state, (told) => desktop.on('sync.changed', told))
  mirror(useSession, desktop.session.state, (told) =>
    desktop.on('session.changed', (state) => {
      told(state)
      // Main had told of the next account's things before it told of the account.
      askForFolders()
      askForSync()
    }),
  )
  mirror(
    useUpdates,
    async () => ({ updates: await desktop.updates.state() }),
    (told) => desktop.on('updates.changed', (updates) => told({ updates })),
  )
  connectExaminations()
  connectAdditions()
  desktop.on('app.mail', ({ code }) => useMailedCode.setState({ code }))
  // The computer may know of the network before a retry would find out.
  window.addEventListener('online', () => void desktop.backend.retry().catch(() => {}))
}
