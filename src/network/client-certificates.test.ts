import { expect, test } from 'vitest'
import { ClientCertificates } from './client-certificates.ts'

const certificate = (fingerprint: string, subjectName: string) => ({
  fingerprint,
  subjectName,
  issuerName: 'Harbour CA',
  validExpiry: Date.parse('2030-01-02T00:00:00Z') / 1000,
})
const offered = [certificate('sha256/a', 'Ada'), certificate('sha256/b', 'Ada, old')]
const host = 'team.harbour.example:443'
const open = (kept: Record<string, string> = {}) => {
  const certificates = new ClientCertificates({
    remembered: (of) => kept[of] ?? null,
    remember: (of, fingerprint) => {
      if (fingerprint === null) delete kept[of]
      else kept[of] = fingerprint
    },
    changed: () => {},
  })
  return { certificates, kept }
}

test('nobody’s certificate is shown by itself: the person is asked, once for all who wait', async () => {
  const { certificates } = open()
  const heard: boolean[] = []
  certificates.follow(host, (isAsked) => heard.push(isAsked))
  const chosen = [certificates.choose(host, offered), certificates.choose(host, offered)]
  expect(certificates.questions).toMatchObject([
    { host, certificates: [{ subject: 'Ada' }, { validUntil: '2030-01-02T00:00:00.000Z' }] },
  ])
  certificates.answer(certificates.questions[0]?.id ?? '', {
    fingerprint: 'sha256/b',
    remember: false,
  })
  expect((await Promise.all(chosen)).map((each) => each?.subjectName)).toEqual([
    'Ada, old',
    'Ada, old',
  ])
  expect(heard).toEqual([true, false])
  // For this run it is known; nothing is kept.
  expect((await certificates.choose(host, offered))?.fingerprint).toBe('sha256/b')
  expect(certificates.questions).toEqual([])
})

test('who shows none is not asked again before somebody wants the network', async () => {
  const { certificates } = open()
  const chosen = certificates.choose(host, offered)
  certificates.decline(certificates.questions[0]?.id ?? '')
  expect(await chosen).toBe(null)
  expect(await certificates.choose(host, offered)).toBe(null)
  certificates.askAgain()
  void certificates.choose(host, offered)
  expect(certificates.questions).toHaveLength(1)
})

test('what was chosen for good is shown without a question, while it is there', async () => {
  const { certificates, kept } = open({ [host]: 'sha256/a' })
  expect((await certificates.choose(host, offered))?.fingerprint).toBe('sha256/a')
  const renewed = [certificate('sha256/c', 'Ada')]
  const chosen = certificates.choose(host, renewed)
  certificates.answer(certificates.questions[0]?.id ?? '', {
    fingerprint: 'sha256/c',
    remember: true,
  })
  expect((await chosen)?.fingerprint).toBe('sha256/c')
  expect(kept).toEqual({ [host]: 'sha256/c' })
})

test('only what was offered can be chosen', async () => {
  const { certificates } = open()
  void certificates.choose(host, offered)
  certificates.answer(certificates.questions[0]?.id ?? '', {
    fingerprint: 'sha256/z',
    remember: true,
  })
  expect(certificates.questions).toHaveLength(1)
})

test('one that the server refuses is asked about again, marked, when somebody wants the network', async () => {
  const { certificates, kept } = open({ [host]: 'sha256/b' })
  expect((await certificates.choose(host, offered))?.fingerprint).toBe('sha256/b')
  expect(certificates.refused(host)).toBe('network.certificate-refused')
  // By itself nobody is asked.
  expect((await certificates.choose(host, offered))?.fingerprint).toBe('sha256/b')
  expect(certificates.refused(host)).toBe('network.certificate-refused')
  certificates.askAgain()
  const chosen = certificates.choose(host, offered)
  const [question] = certificates.questions
  expect(question?.certificates.map(({ wasRefused }) => wasRefused)).toEqual([false, true])
  certificates.answer(question?.id ?? '', { fingerprint: 'sha256/a', remember: true })
  expect((await chosen)?.fingerprint).toBe('sha256/a')
  certificates.taken(host)
  certificates.askAgain()
  expect((await certificates.choose(host, offered))?.fingerprint).toBe('sha256/a')
  expect(certificates.questions).toEqual([])
  expect(kept).toEqual({ [host]: 'sha256/a' })
})

test('one that was chosen for this run and refused is asked about again as well', async () => {
  const { certificates } = open()
  const chosen = certificates.choose(host, offered)
  certificates.answer(certificates.questions[0]?.id ?? '', {
    fingerprint: 'sha256/a',
    remember: false,
  })
  await chosen
  certificates.refused(host)
  certificates.askAgain()
  void certificates.choose(host, offered)
  expect(certificates.questions[0]?.certificates[0]).toMatchObject({ wasRefused: true })
})

test('what a server did not let in for is what it was shown, if it asked at all', async () => {
  const { certificates } = open({ [host]: 'sha256/a' })
  expect(certificates.refused(host)).toBe(null)
  expect(await certificates.choose(host, [])).toBe(null)
  expect(certificates.refused(host)).toBe('network.certificate-wanted')
  await certificates.choose(host, offered)
  expect(certificates.refused(host)).toBe('network.certificate-refused')
})

test('one that is forgotten is asked about', async () => {
  const { certificates } = open()
  const chosen = certificates.choose(host, offered)
  certificates.answer(certificates.questions[0]?.id ?? '', {
    fingerprint: 'sha256/a',
    remember: false,
  })
  await chosen
  certificates.forget(host)
  void certificates.choose(host, offered)
  expect(certificates.questions).toHaveLength(1)
})
