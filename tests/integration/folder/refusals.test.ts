import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeArtifact, noise, openScene, type Scene, sha256, until } from '../sync/support.ts'
import { atServer, becomes, linkOn, put, treeOf } from './linked.ts'

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.close())
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const page = (status: number): Response =>
  new Response('<html>Refused</html>', { status, headers: { 'content-type': 'text/html' } })

/** A proxy before the real server: it takes no more than a megabyte at once, and dislikes some bytes and names. */
const openGuard = (isDisliked: (words: string) => boolean) => {
  const refused = new Map<string, number>()
  const refuse = (what: string, status: number): Response => {
    refused.set(what, (refused.get(what) ?? 0) + 1)
    return page(status)
  }
  const guarded: typeof fetch = async (input, init = {}) => {
    const { pathname } = new URL(String(input))
    const { body, method = 'GET' } = init
    const length =
      body instanceof Uint8Array ? body.byteLength : body ? Number.POSITIVE_INFINITY : 0
    const words = body instanceof Uint8Array ? Buffer.from(body).toString('latin1') : String(body)
    if (pathname.startsWith('/storage/')) {
      if (length > 1_000_000) return refuse(`too large by ${method}`, 413)
      if (isDisliked(`${pathname} ${words}`)) return refuse(`bytes by ${method}`, 403)
    }
    if (pathname.includes('/rpc/commit') && isDisliked(words)) return refuse('commit', 403)
    return fetch(input, init)
  }
  return { refused, fetch: guarded }
}

test('what something on the way refuses is blocked by its name, and stops nobody', async () => {
  const artifact = await makeArtifact(scene, { 'a.txt': 'one' })
  const guard = openGuard((words) => /etc\/passwd|password list/.test(words))
  const large = noise(3_000_000).toString('base64').slice(0, 3_000_000)
  const larger = noise(9_000_000).toString('base64').slice(0, 9_000_000)
  const into = {
    'large.bin': large,
    'larger.bin': larger,
    'attack.txt': 'see ../../etc/passwd',
    'password list.txt': 'named so',
    ...Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`small ${n}.txt`, `${n}`])),
  }
  const small = Object.fromEntries(
    Object.entries(into).filter(([path]) => path.startsWith('small')),
  )
  const { root, link, poke, close } = await linkOn(scene, artifact, { into, fetch: guard.fetch })
  open.push(close)
  await becomes(() => atServer(scene, artifact), { 'a.txt': 'one', ...small })
  await until(async () => (await link()).status === 'waiting', 30_000)
  const blocked = async () =>
    (await link()).blocked.map(({ path, failure }) => `${path}: ${failure}`).sort()
  const expected = [
    'attack.txt: sync.file-refused',
    'large.bin: file.too-large',
    'larger.bin: file.too-large',
    'password list.txt: sync.file-refused',
  ]
  await until(async () => (await blocked()).length === 4, 30_000)
  expect(await blocked()).toEqual(expected)
  const refused = Object.fromEntries(guard.refused)
  expect(refused).toMatchObject({
    'too large by POST': 1,
    'too large by PATCH': 1,
    'bytes by POST': 3,
  })

  // What comes later goes as if nothing were, and nothing of it is sent again.
  await put(root, 'later.txt', 'later')
  await poke()
  await becomes(() => atServer(scene, artifact), { 'a.txt': 'one', ...small, 'later.txt': 'later' })
  await until(async () => (await link()).status === 'waiting', 30_000)
  expect(await blocked()).toEqual(expected)
  expect(Object.fromEntries(guard.refused)).toEqual(refused)
  expect((await treeOf(root))['large.bin']).toBe(large)
})

test('what something on the way does not let in is blocked, and the others come', async () => {
  const files = { 'a.txt': 'one', 'b/blocked.txt': 'blocked', 'c.txt': 'three' }
  const artifact = await makeArtifact(scene, files)
  const guard = openGuard((words) => words.includes(sha256(Buffer.from('blocked'))))
  const { root, link, close } = await linkOn(scene, artifact, { fetch: guard.fetch })
  open.push(close)
  await becomes(() => treeOf(root), { 'a.txt': 'one', 'c.txt': 'three' })
  await until(async () => (await link()).status === 'waiting', 30_000)
  expect((await link()).blocked).toMatchObject([
    { path: 'b/blocked.txt', failure: 'sync.file-refused' },
  ])
  expect(guard.refused.get('bytes by GET')).toBe(3)
})
