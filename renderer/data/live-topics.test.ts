import type { SupabaseClient } from '@supabase/supabase-js'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LiveTopics, retryDelayMs } from './live-topics.ts'

it('what is refused is tried later and later, not by all at once, and never in a loop', () => {
  const delays = [1, 2, 3, 4, 20].map((failures) => retryDelayMs(failures, () => 1))
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 120_000])
  expect(retryDelayMs(3, () => 0)).toBe(2_000)
  expect(retryDelayMs(0, () => 0)).toBe(500)
})

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

type Status = 'SUBSCRIBED' | 'CHANNEL_ERROR' | 'TIMED_OUT' | 'CLOSED'

/** As much of a client as topics ask of it; what becomes of a join the test says. */
const openClient = () => {
  const socket = { isConnected: true, isConnecting: false, connect: vi.fn() }
  const joins: { name: string; tell: (status: Status) => void }[] = []
  const channel = (name: string) => ({
    on: () => {},
    subscribe: (tell: (status: Status) => void) => joins.push({ name, tell }),
  })
  const client = {
    realtime: {
      isConnected: () => socket.isConnected,
      isConnecting: () => socket.isConnecting,
      connect: socket.connect,
      setAuth: vi.fn(async () => {}),
      sendHeartbeat: async () => {},
      disconnect: async () => 'ok',
    },
    channel: vi.fn(channel),
    removeChannel: async () => 'ok',
  }
  const topics = new LiveTopics({
    client: client as unknown as SupabaseClient,
    accessToken: async () => 'token',
    changed: () => {},
    heard: () => {},
    random: () => 1,
  })
  const named = (name: string) => joins.filter((join) => join.name === name)
  return { client, socket, topics, joins, named }
}
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)

it('a join that throws is tried again', async () => {
  const { client, topics, named } = openClient()
  client.realtime.setAuth.mockRejectedValueOnce(new Error('No socket.'))
  client.channel.mockImplementationOnce(() => {
    throw new Error('WebSocket not available')
  })
  topics.follow(['user:a'])
  await settle()
  expect(named('user:a')).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(1_000 + 2_000)
  expect(named('user:a')).toHaveLength(1)
  await topics.close()
})

it('what the server refused is asked for later and later, however often somebody looks', async () => {
  const { topics, named } = openClient()
  topics.follow(['project:x'])
  await settle()
  for (let looks = 0; looks < 60; looks += 1) {
    named('project:x').at(-1)?.tell('CHANNEL_ERROR')
    topics.retryNow()
    await vi.advanceTimersByTimeAsync(10_000)
  }
  // Ten minutes: after 1, 2, 4, 8, 16 s, and then twice a minute at the most.
  expect(named('project:x').length).toBeLessThan(26)
  expect(named('project:x').length).toBeGreaterThan(8)
  await topics.close()
})

it('what fails otherwise is joined as soon as somebody knows of a way', async () => {
  const { topics, named } = openClient()
  topics.follow(['project:x'])
  await settle()
  for (let tries = 0; tries < 8; tries += 1) {
    named('project:x').at(-1)?.tell('TIMED_OUT')
    topics.retryNow()
    await settle()
  }
  expect(named('project:x')).toHaveLength(9)
  await topics.close()
})

it('no more are joined than a socket may have: the first of them', async () => {
  const { topics, joins } = openClient()
  topics.follow(Array.from({ length: 200 }, (_, each) => `project:${each}`))
  await settle()
  expect(joins).toHaveLength(90)
  expect(joins.at(-1)?.name).toBe('project:89')
  await topics.close()
})

it('a socket that was closed on purpose while somebody joined is opened again', async () => {
  const { socket, topics, named } = openClient()
  topics.follow(['user:a'])
  await settle()
  socket.isConnected = false
  named('user:a').at(-1)?.tell('CHANNEL_ERROR')
  await vi.advanceTimersByTimeAsync(5_000)
  // By itself realtime-js would do it sooner.
  expect(socket.connect).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(socket.connect).toHaveBeenCalled()
  socket.isConnected = true
  named('user:a').at(-1)?.tell('SUBSCRIBED')
  const before = socket.connect.mock.calls.length
  await vi.advanceTimersByTimeAsync(300_000)
  expect([socket.connect.mock.calls.length, [...topics.joined]]).toEqual([before, ['user:a']])
  await topics.close()
})
