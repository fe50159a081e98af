import { desktop } from './desktop.ts'
import { LiveSession, projectOf } from './live-session.ts'
import { noteLook, useLive } from './live-store.ts'
import { type Change, LiveTopics } from './live-topics.ts'
import { queryClient } from './query-client.ts'
import { accountOf, useBackend, useOutage, useSession } from './stores.ts'
import { supabase } from './supabase.ts'

/** What is told within this is looked at once. */
const gatherMs = 100

const live = new LiveSession({
  tellMain: (projectIds) => desktop.live.joined({ projectIds }),
  stopped: () => useLive.setState({ isLive: false }),
})

/** What has to be asked for again, by where and of what kind of row something was told. */
const invalidate = (topic: string, tables: ReadonlySet<string>): void => {
  if (topic === live.userTopic)
    void queryClient.invalidateQueries({
      predicate: ({ queryKey: [area] }) =>
        area === 'workspaces' || (area === 'people' && tables.has('users')),
    })
  const projectId = projectOf(topic)
  // Of artifacts main tells, once it has their rows.
  if (projectId && [...tables].some((table) => table !== 'artifacts'))
    void queryClient.invalidateQueries({
      predicate: ({ queryKey: [area, ...rest] }) =>
        area !== 'artifacts' && rest.includes(projectId),
    })
}

type Gathered = {
  tables: Set<string>
  isAgain: boolean
  at: number
  timer: ReturnType<typeof setTimeout>
}
/** By topic: of which tables something was told, and whether more than once. */
const gathered = new Map<string, Gathered>()

const tellMainOf = (topic: string): void => {
  const projectId = projectOf(topic)
  if (projectId) void desktop.live.heard({ projectId }).catch(() => {})
}

const passOn = (topic: string, { tables, isAgain, timer }: Gathered): void => {
  clearTimeout(timer)
  gathered.delete(topic)
  if (isAgain) tellMainOf(topic)
  invalidate(topic, tables)
}

const hear = (topic: string, { table }: Change): void => {
  const now = performance.now()
  const before = gathered.get(topic)
  if (before && now - before.at < gatherMs) {
    before.tables.add(table)
    before.isAgain = true
    return
  }
  // The timers of a hidden page run once a minute.
  if (before) passOn(topic, before)
  const timer = setTimeout(() => passOn(topic, told), gatherMs)
  const told: Gathered = { tables: new Set([table]), isAgain: false, at: now, timer }
  gathered.set(topic, told)
  // The first word of it goes on at once; of what follows on its heels there is one more.
  tellMainOf(topic)
}

const joinedOrLeft = (joined: ReadonlySet<string>, topic: string): void => {
  const { userTopic } = live
  const isLive = userTopic !== null && joined.has(userTopic)
  if (useLive.getState().isLive !== isLive) useLive.setState({ isLive })
  live.tell()
  // What was said meanwhile nobody heard; and what is not told any more is asked for.
  if (topic === userTopic) invalidate(topic, new Set())
  const projectId = projectOf(topic)
  if (projectId && joined.has(topic)) {
    invalidate(topic, new Set(['*']))
    tellMainOf(topic)
  }
}

const openTopics = (): LiveTopics => {
  const client = supabase()
  client.realtime.onHeartbeat((status) => {
    if (status === 'ok') live.tell()
  })
  return new LiveTopics({
    client,
    accessToken: () => desktop.session.accessToken(),
    changed: joinedOrLeft,
    heard: hear,
  })
}

/** For whoever is signed in, at the backend that there is. */
const startOrStop = (): void => {
  const session = useSession.getState()
  const backend = useBackend.getState()
  const account = accountOf(session)
  if (session.status === 'active' && backend.status === 'ready' && account)
    live.start({
      key: `${backend.url} ${backend.publishableKey} ${account.id}`,
      userTopic: `user:${account.id}`,
      open: openTopics,
    })
  else live.stop()
}

const retryNow = (): void => live.retryNow()

/** Others' changes come by themselves, where the backend tells of them. */
export const connectLive = (): void => {
  useSession.subscribe(startOrStop)
  useBackend.subscribe(startOrStop)
  useOutage.subscribe(({ since }) => since === null && retryNow())
  desktop.on('live.followed', (projectIds) => live.follow(projectIds))
  addEventListener('online', retryNow)
  addEventListener('focus', () => noteLook())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return
    noteLook()
    retryNow()
  })
  // A page that goes hears nothing more; main does not wait until that shows.
  addEventListener('pagehide', () => {
    void desktop.live.joined({ projectIds: null }).catch(() => {})
  })
  startOrStop()
}
