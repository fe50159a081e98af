import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect as dial } from 'node:net'
import { createClient, type RealtimeChannel, type SupabaseClient } from '@supabase/supabase-js'
import { SignJWT } from 'jose'
import postgres, { type Sql } from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Backend, startBackend } from '../../../electron/backend/backend.ts'
import { LiveTopics } from '../../../renderer/data/live-topics.ts'
import { followPresence, type Present } from '../../../renderer/data/presence.ts'

type Who = { id: string; token: string; client: SupabaseClient }
type Heard = { event: string; payload: Record<string, unknown> }

let folder: string
let backend: Backend
let sql: Sql
const people = {} as Record<'owner' | 'viewer' | 'stranger', Who>
let project: string
let chat: string
const clients: SupabaseClient[] = []

const until = async (what: () => unknown, limitMs = 5_000): Promise<void> => {
  const end = performance.now() + limitMs
  while (!(await what())) {
    if (performance.now() > end) throw new Error(`Not within ${limitMs} ms: ${what}`)
    await new Promise((done) => setTimeout(done, 10))
  }
}
const sign = (id: string, seconds: number, role = 'authenticated'): Promise<string> =>
  new SignJWT({ role, sub: id })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
    .sign(new TextEncoder().encode(backend.jwtSecret))
const connect = (token: () => Promise<string>, options = {}): SupabaseClient => {
  const client = createClient(backend.url, backend.publishableKey, {
    accessToken: token,
    realtime: options,
  })
  clients.push(client)
  return client
}
const service = (): SupabaseClient => {
  const client = createClient(backend.url, backend.secretKey, { auth: { persistSession: false } })
  clients.push(client)
  return client
}
const join = async (
  client: SupabaseClient,
  topic: string,
  config = {},
  more: (channel: RealtimeChannel) => RealtimeChannel = (channel) => channel,
) => {
  await client.realtime.setAuth()
  const heard: Heard[] = []
  const statuses: string[] = []
  const channel = client.channel(topic, { config: { private: true, ...config } })
  const first = await new Promise<{ status: string; reason: string }>((done) =>
    more(
      channel.on('broadcast', { event: '*' }, ({ event, payload }) =>
        heard.push({ event, payload }),
      ),
    ).subscribe((status, error) => {
      statuses.push(status)
      done({ status, reason: error?.message ?? '' })
    }, 3_000),
  )
  return { channel, heard, statuses, ...first }
}
const as = (who: Who, options = {}): SupabaseClient => connect(async () => who.token, options)
/** Whatever was said before it has been heard by then. */
const say = (topic: string, event: string, payload: Record<string, unknown> = {}) =>
  sql`select realtime.send(${sql.json(payload as never)}, ${event}, ${topic}, true)`

const data = <T>({ data: value, error }: { data: T; error: unknown }): NonNullable<T> => {
  if (error || value === null || value === undefined) throw error ?? new Error('no data')
  return value as NonNullable<T>
}

beforeAll(async () => {
  folder = await mkdtemp('/tmp/atelier-realtime-')
  backend = await startBackend({ folder, durable: false })
  sql = postgres(backend.databaseUrl, { max: 2, onnotice: () => {} })
  for (const name of ['owner', 'viewer', 'stranger'] as const) {
    const client = createClient(backend.url, backend.publishableKey, {
      auth: { persistSession: false, autoRefreshToken: false, storageKey: name },
    })
    const { data: made, error } = await client.auth.signUp({
      email: `${name}@live.example`,
      password: 'a-long-password',
    })
    if (error) throw error
    people[name] = { id: made.user!.id, token: made.session!.access_token, client }
  }
  const { client } = people.owner
  const workspace = data(
    await client.rpc('create_workspace', { name: 'Live', company_name: 'Live' }),
  )
  project = data(await client.rpc('create_project', { workspace, name: 'Works' }))
  const made = await client
    .from('chat_sessions')
    .insert({ project_id: project, title: 'Talk' })
    .select('id')
    .single()
  chat = data(made).id
})
const letIn = () =>
  sql`insert into public.project_users (project_id, user_id, role)
    values (${project}, ${people.viewer.id}, 'viewer') on conflict do nothing`
afterEach(async () => {
  for (const client of clients.splice(0)) await client.realtime.disconnect()
})
afterAll(async () => {
  await sql.end()
  await backend.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('who may listen', () => {
  it('members join the topics of their project; strangers and nobody are refused with the reason', async () => {
    await letIn()
    for (const topic of [`project:${project}`, `chat:${chat}`]) {
      expect((await join(as(people.owner), topic)).status).toBe('SUBSCRIBED')
      expect((await join(as(people.viewer), topic)).status).toBe('SUBSCRIBED')
      const stranger = await join(as(people.stranger), topic)
      expect([stranger.status, stranger.reason]).toEqual([
        'CHANNEL_ERROR',
        expect.stringContaining('Unauthorized'),
      ])
      const nobody = createClient(backend.url, backend.publishableKey)
      clients.push(nobody)
      expect((await join(nobody, topic)).status).toBe('CHANNEL_ERROR')
    }
  })

  it('another tenant’s topic stays closed, and so does every public one', async () => {
    const theirs = data(
      await people.stranger.client.rpc('create_workspace', { name: 'Else', company_name: 'Else' }),
    )
    const other = data(
      await people.stranger.client.rpc('create_project', { workspace: theirs, name: 'Secret' }),
    )
    expect((await join(as(people.owner), `project:${other}`)).status).toBe('CHANNEL_ERROR')
    expect((await join(as(people.stranger), `project:${other}`)).status).toBe('SUBSCRIBED')
    const open = await join(as(people.owner), 'lobby', { private: false })
    expect(open.reason).toContain('PrivateOnly')
    const changes = await join(as(people.owner), `project:${project}`, {}, (channel) =>
      channel.on(
        'postgres_changes',
        { event: '*', schema: 'public', table: 'artifacts' },
        () => {},
      ),
    )
    expect(changes.reason).toContain('PostgresChangesDisabled')
  })

  it('a person’s own topic is theirs, and tells them that they may see other things', async () => {
    const mine = await join(as(people.viewer), `user:${people.viewer.id}`)
    expect(mine.status).toBe('SUBSCRIBED')
    expect((await join(as(people.owner), `user:${people.viewer.id}`)).status).toBe('CHANNEL_ERROR')
    await sql`delete from public.project_users where project_id = ${project} and user_id = ${people.viewer.id}`
    await letIn()
    await until(() => mine.heard.some(({ event }) => event === 'insert'))
    mine.heard.length = 0
    await sql`update public.projects set name = 'Works of art' where id = ${project}`
    await until(() => mine.heard.length > 0)
    expect(mine.heard[0]).toMatchObject({
      event: 'update',
      payload: { table: 'projects', id: project, operation: 'UPDATE' },
    })
    expect(JSON.stringify(mine.heard)).not.toContain('art')
  })

  it('a token of another installation, of another role, or without an end lets nobody in', async () => {
    const topic = `project:${project}`
    const secret = new TextEncoder().encode('x'.repeat(48))
    const forged = await new SignJWT({ role: 'authenticated', sub: people.owner.id })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1h')
      .sign(secret)
    const endless = await new SignJWT({ role: 'authenticated', sub: people.owner.id })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(backend.jwtSecret))
    for (const token of [forged, endless, await sign(people.owner.id, 60, 'postgres')])
      expect(
        (
          await join(
            connect(async () => token),
            topic,
          )
        ).reason,
      ).toContain('InvalidJWTToken')
  })

  it('who is taken out hears nothing that is said afterwards, and is closed within seconds', async () => {
    await letIn()
    const topic = `project:${project}`
    const kept = await join(as(people.owner), topic)
    const lost = await join(as(people.viewer), topic)
    const lostChat = await join(as(people.viewer), `chat:${chat}`)
    await sql`delete from public.project_users where project_id = ${project} and user_id = ${people.viewer.id}`
    await until(() => lost.statuses.at(-1) === 'CLOSED')
    await until(() => lostChat.statuses.at(-1) === 'CLOSED')
    lost.heard.length = 0
    await say(topic, 'after')
    await until(() => kept.heard.at(-1)?.event === 'after')
    expect(lost.heard).toEqual([])
    expect((await join(as(people.viewer), topic)).status).toBe('CHANNEL_ERROR')
  })

  it('who is banned hears nothing more', async () => {
    await letIn()
    const lost = await join(as(people.viewer), `project:${project}`)
    expect(lost.status).toBe('SUBSCRIBED')
    await sql`update public.users set status = 'banned' where id = ${people.viewer.id}`
    try {
      await until(() => lost.statuses.at(-1) === 'CLOSED')
    } finally {
      await sql`update public.users set status = 'active' where id = ${people.viewer.id}`
    }
  })
})

describe('tokens', () => {
  it('a fresh one keeps the channel over the old one’s end', async () => {
    let token = await sign(people.owner.id, 4)
    const client = connect(async () => token, { heartbeatIntervalMs: 300 })
    const { channel, heard, statuses } = await join(client, `project:${project}`)
    token = await sign(people.owner.id, 60)
    await new Promise((done) => setTimeout(done, 4_500))
    await say(`project:${project}`, 'still')
    await until(() => heard.at(-1)?.event === 'still')
    expect([statuses, channel.state]).toEqual([['SUBSCRIBED'], 'joined'])
  })

  it('an expired one closes it', async () => {
    const token = await sign(people.owner.id, 4)
    const { statuses } = await join(
      connect(async () => token),
      `project:${project}`,
    )
    await until(() => statuses.at(-1) === 'CLOSED', 10_000)
    expect(statuses).toEqual(['SUBSCRIBED', 'CLOSED'])
  })

  it('one of somebody else ends what they may not hear', async () => {
    let token = people.owner.token
    const client = connect(async () => token)
    const { statuses } = await join(client, `project:${project}`)
    token = people.stranger.token
    await client.realtime.setAuth()
    await until(() => statuses.at(-1) === 'CLOSED')
  })
})

describe('what is said', () => {
  it('a row’s change reaches all members by ids, once it is committed and not otherwise', async () => {
    await letIn()
    const topic = `chat:${chat}`
    const one = await join(as(people.owner), topic)
    const two = await join(as(people.viewer), topic)
    await sql
      .begin(async (transaction) => {
        await transaction`select realtime.send('{"x":1}', 'never', ${topic}, true)`
        throw new Error('undone')
      })
      .catch(() => {})
    const { error } = await people.owner.client
      .from('chat_messages')
      .insert({ chat_id: chat, content: { text: 'a secret' }, message_type: 'user' })
    expect(error).toBeNull()
    for (const { heard } of [one, two]) {
      await until(() => heard.length > 0)
      expect(heard[0]).toMatchObject({
        event: 'insert',
        payload: { table: 'chat_messages', operation: 'INSERT' },
      })
      expect(JSON.stringify(heard)).not.toContain('secret')
    }
    await say(topic, 'large', { text: 'x'.repeat(100_000) })
    await until(() => one.heard.at(-1)?.event === 'large')
    expect(one.heard.at(-1)?.payload.text).toHaveLength(100_000)
    const [left] = await sql`select count(*)::int as n from realtime.messages where event is null`
    expect(left!.n).toBe(0)
  })

  it('members speak in none of these topics, by no way; the service does by HTTP', async () => {
    const topic = `project:${project}`
    await letIn()
    const one = await join(as(people.owner), topic)
    const two = await join(as(people.viewer), topic)
    await one.channel.send({ type: 'broadcast', event: 'forged', payload: {} })
    await expect(one.channel.httpSend('forged', { a: 1 })).rejects.toThrow('Unauthorized')
    const out = service().channel(topic, { config: { private: true } })
    await out.httpSend('told', { text: 'Zwölf Boxkämpfer' })
    await until(() => two.heard.length > 0)
    expect(two.heard).toEqual([{ event: 'told', payload: { text: 'Zwölf Boxkämpfer' } }])
    const anybody = await fetch(`${backend.url}/realtime/v1/api/broadcast`, { method: 'POST' })
    expect(anybody.status).toBe(401)
  })

  it('who may speak does so in binary frames, is acknowledged, and hears itself where it asked to', async () => {
    await sql.unsafe(`
      create policy "live test: heard" on realtime.messages for select to authenticated using (realtime.topic() like 'room:%');
      create policy "live test: spoken" on realtime.messages for insert to authenticated with check (realtime.topic() like 'room:%')`)
    try {
      const one = await join(as(people.owner), 'room:1', { broadcast: { self: true, ack: true } })
      const two = await join(as(people.stranger), 'room:1')
      const old = await join(as(people.stranger, { vsn: '1.0.0' }), 'room:1')
      const payload = { n: 1, emoji: '🙂' }
      expect(await one.channel.send({ type: 'broadcast', event: 'ping', payload })).toBe('ok')
      for (const { heard } of [one, two, old]) {
        await until(() => heard.length > 0)
        expect(heard).toEqual([{ event: 'ping', payload }])
      }
      await two.channel.send({ type: 'broadcast', event: 'pong', payload: {} })
      await until(() => one.heard.at(-1)?.event === 'pong')
      expect(two.heard).toHaveLength(1)
      expect(await one.channel.unsubscribe()).toBe('ok')
    } finally {
      await sql.unsafe(
        'drop policy "live test: heard" on realtime.messages; drop policy "live test: spoken" on realtime.messages',
      )
    }
  })
})

describe('presence', () => {
  const here = async (who: Who, topic: string) => {
    let known: Present[] = []
    const joined = await join(as(who), topic, { presence: { key: who.id } }, (channel) =>
      followPresence(channel, (present) => {
        known = present
      }),
    )
    const tracked =
      joined.status === 'SUBSCRIBED' ? await joined.channel.track({ isTyping: false }) : 'none'
    return { ...joined, tracked, known: () => known }
  }

  it('members of a chat see who is there, and who has gone by whatever way', async () => {
    await letIn()
    const topic = `chat:${chat}`
    const one = await here(people.owner, topic)
    const two = await here(people.viewer, topic)
    expect([one.tracked, two.tracked]).toEqual(['ok', 'ok'])
    const both = [people.owner.id, people.viewer.id].sort()
    const ids = (of: typeof one): string[] => of.known().map(({ userId }) => userId)
    await until(() => ids(one).length === 2 && ids(two).length === 2)
    expect([ids(one), ids(two)]).toEqual([both, both])
    await two.channel.track({ isTyping: true })
    await until(() => one.known().some(({ isTyping }) => isTyping))
    expect(one.known().filter(({ isTyping }) => isTyping)).toEqual([
      { userId: people.viewer.id, isTyping: true },
    ])
    await two.channel.untrack()
    await until(() => ids(one).length === 1)
    await two.channel.track({ isTyping: true })
    await until(() => ids(one).length === 2)
    await clients.at(-1)!.realtime.disconnect()
    await until(() => ids(one).length === 1)
    expect((await here(people.stranger, topic)).status).toBe('CHANNEL_ERROR')
  })

  it('nobody is present in a project’s topic', async () => {
    expect((await here(people.owner, `project:${project}`)).tracked).not.toBe('ok')
  })
})

describe('whoever follows topics', () => {
  const open = (token: () => Promise<string | null>) => {
    const changes: string[][] = []
    const told: string[] = []
    const client = connect(async () => (await token()) ?? '')
    const topics = new LiveTopics({
      client,
      accessToken: token,
      changed: (joined) => changes.push([...joined].sort()),
      heard: (name, { table, operation }) => told.push(`${name} ${table} ${operation}`),
      random: () => 0,
    })
    return { topics, changes, told, client }
  }
  const [mine, ours] = [() => `user:${people.viewer.id}`, () => `project:${project}`]

  it('joins what they may, hears kinds and ids, and comes back to what they were taken out of', async () => {
    await letIn()
    const { topics, changes, told } = open(async () => people.viewer.token)
    topics.follow([mine(), ours()])
    await until(() => topics.joined.size === 2)
    await sql`delete from public.project_users where project_id = ${project} and user_id = ${people.viewer.id}`
    await until(() => topics.joined.size === 1)
    expect([...topics.joined]).toEqual([mine()])
    await letIn()
    await until(() => topics.joined.size === 2, 15_000)
    await until(() => told.includes(`${mine()} project_users INSERT`))
    topics.follow([mine()])
    expect([...topics.joined]).toEqual([mine()])
    topics.follow([mine(), ours()])
    await until(() => topics.joined.size === 2)
    const before = changes.length
    await topics.close()
    expect([topics.joined.size, changes.length]).toEqual([0, before])
  })

  it('asks as nobody, or as whoever was there before, never', async () => {
    let token: string | null = people.viewer.token
    const { topics } = open(async () => token)
    topics.follow([mine()])
    await until(() => topics.joined.size === 1)
    await topics.close()
    token = null
    const next = open(async () => token)
    next.topics.follow([mine()])
    await new Promise((done) => setTimeout(done, 1_000))
    expect([next.topics.joined.size, next.client.realtime.getChannels()]).toEqual([0, []])
    token = people.viewer.token
    next.topics.retryNow()
    await until(() => next.topics.joined.size === 1)
    await next.topics.close()
  })
})

describe('bounds and ends', () => {
  const raw = async (headers = {}, key = backend.publishableKey) => {
    const url = `${backend.url.replace('http', 'ws')}/realtime/v1/websocket?vsn=2.0.0&apikey=${key}`
    const socket = new WebSocket(url, { headers })
    const said: unknown[] = []
    socket.on('message', (text) => said.push(JSON.parse(String(text))))
    const [what] = await Promise.race([
      once(socket, 'open').then(() => ['open']),
      once(socket, 'unexpected-response').then(([, { statusCode }]) => [statusCode]),
    ])
    return { socket, said, what }
  }

  it('a page of elsewhere and a wrong key are turned away at the door', async () => {
    expect((await raw({ origin: 'https://evil.example' })).what).toBe(403)
    expect((await raw({ host: 'evil.example' })).what).toBe(421)
    expect((await raw({}, 'sb_publishable_x')).what).toBe(401)
    const { socket, what } = await raw({ origin: 'app://atelier' })
    expect(what).toBe('open')
    socket.terminate()
  })

  /** A request for a socket, by hand; `isReset`: whoever asked is gone without a farewell before the answer. */
  const ask = async (target: string, headers: string[] = [], isReset = false): Promise<string> => {
    const { port } = new URL(backend.url)
    const socket = dial(Number(port), '127.0.0.1')
    let answer = ''
    socket.on('data', (data: Buffer) => {
      answer += data.toString()
    })
    socket.on('error', () => {})
    await once(socket, 'connect')
    const upgrade = ['connection: Upgrade', 'upgrade: websocket', 'sec-websocket-version: 13']
    const lines = [`GET ${target} HTTP/1.1`, `host: 127.0.0.1:${port}`, ...upgrade, ...headers]
    await new Promise((done) => socket.write(`${lines.join('\r\n')}\r\n\r\n`, done))
    if (isReset) socket.resetAndDestroy()
    if (!socket.closed) await once(socket, 'close')
    return answer.split('\r\n')[0] ?? ''
  }

  it('whatever is asked for in a socket’s place is refused, and the backend goes on', async () => {
    for (const target of ['//', '///x', '//[/', '/rest/v1/projects', '/realtime/v1/%77ebsocket'])
      expect([target, await ask(target)]).toEqual([target, 'HTTP/1.1 404 Not Found'])
    expect(await ask('*')).toContain('421')
    expect((await raw()).what).toBe('open')
  })

  it('who is refused and gone without waiting for it harms nobody', async () => {
    const keyed = `/realtime/v1/websocket?apikey=${backend.publishableKey}`
    const asked: [target: string, headers: string[]][] = [
      ['/realtime/v1/websocket', ['origin: https://evil.example']],
      ['/realtime/v1/websocket?apikey=none', []],
      [keyed, ['sec-websocket-key: none']],
      [keyed, ['sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==']],
    ]
    for (const [target, headers] of asked)
      await Promise.all(Array.from({ length: 50 }, () => ask(target, headers, true)))
    expect((await raw()).what).toBe('open')
  })

  it('a frame that is too large, or too many of them, end the socket; nonsense does not', async () => {
    const large = await raw()
    large.socket.send('x'.repeat(300_000))
    expect((await once(large.socket, 'close'))[0]).toBe(1009)
    const odd = await raw()
    for (const nonsense of ['', '{', '[]', '[1,2]', 'null', '{"topic":1}'])
      odd.socket.send(nonsense)
    odd.socket.send(Buffer.from([3, 255, 255, 255, 255, 255, 1]))
    odd.socket.send(Buffer.from([9]))
    odd.socket.send(JSON.stringify(['1', '2', 'phoenix', 'heartbeat', {}]))
    await until(() => odd.said.length === 1)
    expect(odd.said[0]).toEqual(['1', '2', 'phoenix', 'phx_reply', { status: 'ok', response: {} }])
    for (let count = 0; count < 300; count += 1)
      odd.socket.send(JSON.stringify(['1', '2', 'phoenix', 'heartbeat', {}]))
    expect((await once(odd.socket, 'close'))[0]).toBe(1008)
  })

  it('a database that does not answer holds up no sign of life, and what waits for it is bounded', async () => {
    const { socket, said } = await raw()
    const ended = once(socket, 'close')
    await sql.begin(async (transaction) => {
      await transaction`lock table realtime.messages in access exclusive mode`
      const join = { config: { private: true }, access_token: people.owner.token }
      socket.send(JSON.stringify(['1', '1', `realtime:project:${project}`, 'phx_join', join]))
      socket.send(JSON.stringify(['1', '2', 'phoenix', 'heartbeat', {}]))
      await until(() => said.length === 1)
      expect(said[0]).toMatchObject(['1', '2', 'phoenix', 'phx_reply', { status: 'ok' }])
      const text = 'x'.repeat(250_000)
      for (let count = 0; count < 20; count += 1)
        socket.send(
          JSON.stringify(['1', '3', `realtime:project:${project}`, 'broadcast', { text }]),
        )
      expect((await ended)[0]).toBe(1013)
    })
    // Nobody is in a topic whose socket is gone.
    expect((await join(as(people.owner), `project:${project}`)).status).toBe('SUBSCRIBED')
  })

  it('a message that could not be read has all come back and read anew', async () => {
    const topic = `project:${project}`
    const { heard, statuses } = await join(as(people.owner), topic)
    await sql`alter table realtime.messages rename to away`
    await sql`select pg_notify('atelier_realtime', ${JSON.stringify({ id: project })})`
    await until(() => statuses.length > 1)
    await sql`alter table realtime.away rename to messages`
    await until(() => statuses.at(-1) === 'SUBSCRIBED', 15_000)
    await say(topic, 'again')
    await until(() => heard.at(-1)?.event === 'again')
  })

  it('comes back when PostgreSQL has dropped the connection it is told by', async () => {
    const topic = `project:${project}`
    const { heard, statuses } = await join(as(people.owner), topic)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%' and pid <> pg_backend_pid()`
    await until(() => statuses.filter((status) => status === 'SUBSCRIBED').length === 2, 15_000)
    await say(topic, 'again')
    await until(() => heard.at(-1)?.event === 'again')
  })

  it('clients come back to a backend that was started again, and nothing holds up its end', async () => {
    const topic = `project:${project}`
    const { heard, statuses } = await join(as(people.owner), topic)
    const { port } = backend
    await sql.end()
    const began = performance.now()
    await backend.stop()
    expect(performance.now() - began).toBeLessThan(4_000)
    backend = await startBackend({ folder, port, durable: false })
    sql = postgres(backend.databaseUrl, { max: 2, onnotice: () => {} })
    await until(() => statuses.filter((status) => status === 'SUBSCRIBED').length === 2, 20_000)
    await say(topic, 'again')
    await until(() => heard.at(-1)?.event === 'again')
  })
})
