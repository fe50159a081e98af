import { create } from 'zustand'
import type { AppInfo, BackendState, Theme } from '../../src/contract/app.ts'
import type { FolderLink } from '../../src/contract/folders.ts'
import { type NetworkState, openWay } from '../../src/contract/network.ts'
import type { Account, KeychainState, SessionState } from '../../src/contract/session.ts'
import { idleSync, type SyncState } from '../../src/contract/sync.ts'
import { outageAfter } from '../../src/transfer/reachability.ts'
import { accountStore, forgetAccount } from './account-store.ts'
import { connectAdditions } from './additions.ts'
import { desktop } from './desktop.ts'
import { connectExaminations } from './examinations.ts'
import { connectUpdates } from './updates.ts'

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
  personName: '',
  sandbox: 'on',
}))

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
      Math.max(0, outageAfter - missedFor),
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

/** Answers of main's requests and its events both land here; a late answer never overwrites an event. */
export const connectStores = (): void => {
  const heard = new Set<string>()
  followOutage()
  forgetFormerAccounts()
  desktop.on('backend.changed', (state) => {
    heard.add('backend')
    useBackend.setState(state, true)
  })
  const askForFolders = (): void =>
    void desktop.folders.list().then(
      (links) => useFolders.setState({ links }),
      () => {},
    )
  // Main had told of the next account's things before it told of the account.
  const askForSync = (): void => {
    heard.delete('sync')
    void desktop.sync.state().then(
      (state) => {
        if (!heard.has('sync')) useSync.setState(state, true)
      },
      () => {},
    )
  }
  desktop.on('session.changed', (state) => {
    heard.add('session')
    useSession.setState(state, true)
    askForFolders()
    askForSync()
  })
  desktop.on('session.keychainChanged', (state) => {
    heard.add('keychain')
    useKeychain.setState(state, true)
  })
  void desktop.session.keychain().then((state) => {
    if (!heard.has('keychain')) useKeychain.setState(state, true)
  })
  desktop.on('network.changed', (state) => {
    heard.add('network')
    useNetwork.setState(state, true)
  })
  void desktop.network.state().then((state) => {
    if (!heard.has('network')) useNetwork.setState(state, true)
  })
  desktop.on('folders.changed', (links) => useFolders.setState({ links }))
  connectExaminations()
  connectAdditions()
  connectUpdates()
  desktop.on('sync.changed', (state) => {
    heard.add('sync')
    useSync.setState(state, true)
  })
  desktop.on('app.mail', ({ code }) => useMailedCode.setState({ code }))
  // The computer may know of the network before a retry would find out.
  window.addEventListener('online', () => void desktop.backend.retry().catch(() => {}))
  void desktop.app.info().then((info) => useAppInfo.setState(info, true))
  void desktop.backend.state().then((state) => {
    if (!heard.has('backend')) useBackend.setState(state, true)
  })
  void desktop.session.state().then((state) => {
    if (!heard.has('session')) useSession.setState(state, true)
    askForFolders()
  })
  askForSync()
}
