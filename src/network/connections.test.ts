import { expect, test } from 'vitest'
import { Connections } from './connections.ts'

const never = new AbortController().signal
const settled = () => new Promise((done) => setImmediate(done))
const enterAll = (connections: Connections, count: number, signal = never) => {
  const entered: (() => void)[] = []
  const told: boolean[] = []
  for (let each = 0; each < count; each += 1)
    void connections
      .enter('https://a', signal, (isWaiting) => told.push(isWaiting))
      .then((leave) => entered.push(leave))
      .catch(() => {})
  return { entered, told }
}

test('the seventh request of a host waits, and says so, until a place is given back', async () => {
  const connections = new Connections()
  const { entered, told } = enterAll(connections, 7)
  await settled()
  expect([entered.length, told]).toEqual([6, [true]])
  // Another host has places of its own.
  await connections.enter('https://b', never)
  const [first] = entered
  first?.()
  first?.()
  await settled()
  expect([entered.length, told]).toEqual([7, [true, false]])
  expect(
    (await Promise.race([connections.enter('https://a', never), settled()])) === undefined,
  ).toBe(true)
})

test('over HTTP/2 nobody waits, until the host speaks HTTP/1.1 again', async () => {
  const connections = new Connections()
  const { entered } = enterAll(connections, 40)
  await settled()
  expect(entered).toHaveLength(6)
  connections.speaks('https://a', '2')
  await settled()
  expect(entered).toHaveLength(40)
  connections.speaks('https://a', '1.1')
  const more = enterAll(connections, 1)
  for (const leave of entered.slice(0, 34)) leave()
  await settled()
  expect(more.entered).toHaveLength(0)
  entered[34]?.()
  await settled()
  expect(more.entered).toHaveLength(1)
})

test('who gives up while waiting takes no place', async () => {
  const connections = new Connections()
  const { entered } = enterAll(connections, 6)
  const abort = new AbortController()
  const given = connections.enter('https://a', abort.signal)
  abort.abort(new Error('enough'))
  await expect(given).rejects.toThrow('enough')
  entered[0]?.()
  await settled()
  const next = enterAll(connections, 1)
  await settled()
  expect(next.entered).toHaveLength(1)
})
