import { desktop } from './desktop.ts'
import { noteLook, useLive } from './live-store.ts'
import { type Change, LiveTopics } from './live-topics.ts'
import { queryClient } from './query-client.ts'
import { accountOf, useBackend, useOutage, useSession } from './stores.ts'
import { supabase } from './supabase.ts'

/** What is told within this is looked at once. */
const gatherMs = 100

const projectOf = (topic: string): string | null => /^project:(.+)$/.exec(topic)?.[1] ?? null

let topics: LiveTopics | null = null
/** A socket that is being closed is not opened again before it is. */
let closing: Promise<void> = Promise.resolve()
/** Whose they are, and where. */
let current: string | null = null
let userTopic = ''
let followed: readonly string[] = []

const wanted = (): string[] => [userTopic, ...followed.map((id) => `project:${id}`)]

/** What has to be asked for again, by where and of what kind of row something was told. */
const invalidate = (topic: string, tables: ReadonlySet<string>): void => {
  if (topic === userTopic)
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

/** By topic: of which tables something was told, and whether more than once. */
const gathered = new Map<string, { tables: Set<string>; isAgain: boolean }>()

const tellMainOf = (topic: string): void => {
  const projectId = projectOf(topic)
  if (projectId) void desktop.live.heard({ projectId }).catch(() => {})
}

const hear = (topic: string, { table }: Change): void => {
  const before = gathered.get(topic)
  if (before) {
    before.tables.add(table)
    before.isAgain = true
    return
  }
  const told = { tables: new Set([table]), isAgain: false }
  gathered.set(topic, told)
  // The first word of it goes on at once; of what follows on its heels there is one more.
  tellMainOf(topic)
  setTimeout(() => {
    gathered.delete(topic)
    if (told.isAgain) tellMainOf(topic)
    invalidate(topic, told.tables)
  }, gatherMs)
}

/** Main asks nobody about what is told here, for as long as it is told so again and again. */
const tellMain = (): void => {
  const joined = topics?.joined
  const isLive = joined?.has(userTopic) ?? false
  const projectIds = isLive ? [...(joined ?? [])].flatMap((name) => projectOf(name) ?? []) : null
  const asked = current
  void desktop.live.joined({ projectIds }).then(
    (now) => {
      if (asked !== null && asked === current) follow(now)
    },
    () => {},
  )
}

const follow = (projectIds: readonly string[]): void => {
  followed = projectIds
  topics?.follow(wanted())
}

const joinedOrLeft = (joined: ReadonlySet<string>, topic: string): void => {
  const isLive = joined.has(userTopic)
  if (useLive.getState().isLive !== isLive) useLive.setState({ isLive })
  tellMain()
  // What was said meanwhile nobody heard; and what is not told any more is asked for.
  if (topic === userTopic) invalidate(topic, new Set())
  const projectId = projectOf(topic)
  if (projectId && joined.has(topic)) {
    invalidate(topic, new Set(['*']))
    tellMainOf(topic)
  }
}

const stop = (): void => {
  if (current === null) return
  current = null
  const before = topics
  topics = null
  closing = Promise.all([closing, before?.close()]).then(() => {})
  followed = []
  if (useLive.getState().isLive) useLive.setState({ isLive: false })
  void desktop.live.joined({ projectIds: null }).catch(() => {})
}

/** For whoever is signed in, at the backend that there is. */
const startOrStop = (): void => {
  const session = useSession.getState()
  const backend = useBackend.getState()
  const account = accountOf(session)
  if (session.status !== 'active' || backend.status !== 'ready' || !account) {
    stop()
    return
  }
  const next = `${backend.url} ${backend.publishableKey} ${account.id}`
  if (next === current) return
  stop()
  current = next
  userTopic = `user:${account.id}`
  const client = supabase()
  topics = new LiveTopics({
    client,
    accessToken: () => desktop.session.accessToken(),
    changed: joinedOrLeft,
    heard: hear,
  })
  client.realtime.onHeartbeat((status) => {
    if (status === 'ok') tellMain()
  })
  const own = topics
  void closing.then(() => own === topics && follow(followed))
  tellMain()
}

const hurry = (): void => topics?.hurry()

/** Others' changes come by themselves, where the backend tells of them. */
export const connectLive = (): void => {
  useSession.subscribe(startOrStop)
  useBackend.subscribe(startOrStop)
  useOutage.subscribe(({ since }) => since === null && hurry())
  desktop.on('live.followed', follow)
  addEventListener('online', hurry)
  addEventListener('focus', () => noteLook())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return
    noteLook()
    hurry()
  })
  // A page that goes hears nothing more; main does not wait until that shows.
  addEventListener('pagehide', () => {
    void desktop.live.joined({ projectIds: null }).catch(() => {})
  })
  startOrStop()
}
