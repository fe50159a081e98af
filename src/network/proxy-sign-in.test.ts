import { expect, test } from 'vitest'
import { type Given, type ProxyServer, ProxySignIn } from './proxy-sign-in.ts'

const proxy: ProxyServer = {
  host: 'proxy.harbour.example',
  port: 3128,
  realm: 'Harbour',
  scheme: 'basic',
}
const ada = { userName: 'ada', password: 'tide', remember: false }
const open = (kept: Record<string, string> = {}) => {
  const entries = new Map(Object.entries(kept))
  let asked = 0
  const signIn = new ProxySignIn({
    store: {
      read: async (name) => entries.get(name) ?? null,
      write: async (name, secret) => void entries.set(name, secret),
      remove: async (name) => void entries.delete(name),
    },
    changed: () => {
      asked += 1
    },
  })
  return { signIn, entries, told: () => asked }
}
const settled = () => new Promise((done) => setImmediate(done))
const only = (signIn: ProxySignIn) => {
  const [question, ...others] = signIn.questions
  expect(others).toEqual([])
  if (!question) throw new Error('nothing is asked')
  return question
}

test('requests that meet the same proxy are one question, and have one answer', async () => {
  const { signIn } = open()
  const all = [1, 2, 3, 4].map(() => signIn.signIn(proxy, 0))
  await settled()
  const { id, wasRefused, isPlain } = only(signIn)
  expect([wasRefused, isPlain]).toEqual([false, true])
  signIn.answer(id, ada)
  expect(await Promise.all(all)).toEqual(
    all.map(() => ({ userName: 'ada', password: 'tide', turn: 1 })),
  )
  expect(signIn.questions).toEqual([])
  // Who comes later has it at once.
  expect((await signIn.signIn(proxy, 0))?.turn).toBe(1)
})

test('a wrong password asks again once, with the reason, however late the others are refused', async () => {
  const { signIn } = open()
  const first = signIn.signIn(proxy, 0)
  await settled()
  signIn.answer(only(signIn).id, ada)
  await first
  const again = [signIn.signIn(proxy, 1), signIn.signIn(proxy, 1)]
  await settled()
  const question = only(signIn)
  expect(question).toMatchObject({ wasRefused: true, userName: 'ada' })
  signIn.answer(question.id, { ...ada, password: 'ebb' })
  expect((await Promise.all(again)).map((given: Given | null) => given?.turn)).toEqual([2, 2])
  // One that had gone out with the first password, and hears of it only now.
  expect(await signIn.signIn(proxy, 1)).toMatchObject({ password: 'ebb', turn: 2 })
  expect(signIn.questions).toEqual([])
})

test('who declines is left in peace, by all realms of that proxy, until somebody wants it again', async () => {
  const { signIn } = open()
  const asked = [signIn.signIn(proxy, 0), signIn.signIn({ ...proxy, realm: 'Another' }, 0)]
  await settled()
  const [question] = signIn.questions
  signIn.decline(question?.id ?? '')
  expect(await Promise.all(asked)).toEqual([null, null])
  expect(await signIn.signIn({ ...proxy, realm: 'A third' }, 0)).toBe(null)
  expect(signIn.questions).toEqual([])
  signIn.askAgain()
  void signIn.signIn(proxy, 0)
  await settled()
  only(signIn)
})

test('what was refused is tried by nobody after the person has declined', async () => {
  const { signIn } = open()
  const first = signIn.signIn(proxy, 0)
  await settled()
  signIn.answer(only(signIn).id, ada)
  await first
  const again = signIn.signIn(proxy, 1)
  await settled()
  signIn.decline(only(signIn).id)
  expect(await again).toBe(null)
  expect(await signIn.signIn(proxy, 0)).toBe(null)
  signIn.askAgain()
  const later = signIn.signIn(proxy, 0)
  await settled()
  signIn.answer(only(signIn).id, { ...ada, password: 'ebb' })
  expect(await later).toMatchObject({ password: 'ebb', turn: 2 })
})

test('what is kept is used without a question, and goes when it was refused and not kept again', async () => {
  const name = 'proxy proxy.harbour.example:3128 basic Harbour'
  const { signIn, entries } = open({ [name]: JSON.stringify({ userName: 'ada', password: 'old' }) })
  expect(await signIn.signIn(proxy, 0)).toEqual({ userName: 'ada', password: 'old', turn: 1 })
  const again = signIn.signIn(proxy, 1)
  await settled()
  signIn.answer(only(signIn).id, { ...ada, password: 'new' })
  expect((await again)?.password).toBe('new')
  expect(entries.size).toBe(0)
})

test('it is kept where the person says so, by proxy, scheme and realm', async () => {
  const { signIn, entries } = open()
  void signIn.signIn(proxy, 0)
  await settled()
  signIn.answer(only(signIn).id, { ...ada, remember: true })
  await settled()
  expect([...entries]).toEqual([
    [
      'proxy proxy.harbour.example:3128 basic Harbour',
      JSON.stringify({ userName: 'ada', password: 'tide' }),
    ],
  ])
  // The same proxy that now wants it in another way is not told it by itself.
  void signIn.signIn({ ...proxy, scheme: 'digest' }, 0)
  await settled()
  expect(only(signIn).isPlain).toBe(false)
})

test('a keychain that says no is no reason to stay without the network', async () => {
  const signIn = new ProxySignIn({
    store: {
      read: () => Promise.reject(new Error('locked')),
      write: () => Promise.reject(new Error('locked')),
      remove: () => Promise.reject(new Error('locked')),
    },
    changed: () => {},
  })
  const given = signIn.signIn(proxy, 0)
  await settled()
  signIn.answer(only(signIn).id, { ...ada, remember: true })
  expect((await given)?.userName).toBe('ada')
})
