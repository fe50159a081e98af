import { expect, test, vi } from 'vitest'
import { provingMs, TokenPasswords } from './token-passwords.ts'

const asked = { hostname: 'team.harbour.example', tokenName: 'Harbour card', isRetry: false }

/** Whose clock goes on when it is told to. */
const open = () => {
  const due = new Set<{ work: () => void; milliseconds: number }>()
  const tokens = new TokenPasswords({
    changed: () => {},
    later: (work, milliseconds) => {
      const timer = { work, milliseconds }
      due.add(timer)
      return () => void due.delete(timer)
    },
  })
  const pass = (milliseconds: number): void => {
    for (const timer of due) {
      timer.milliseconds -= milliseconds
      if (timer.milliseconds > 0) continue
      due.delete(timer)
      timer.work()
    }
  }
  const answer = (password: string) => tokens.answer(tokens.questions[0]?.id ?? '', password)
  return { tokens, pass, answer, due }
}

test('a wrong one is tried once, whoever else waits for the token, and they are given the next', async () => {
  const { tokens, pass, answer, due } = open()
  const given = vi.fn()
  const ask = (who: string, isRetry = false) =>
    void tokens.unlock({ ...asked, isRetry }).then((password) => given(who, password))
  for (const who of ['one', 'two', 'three']) ask(who)
  answer('0000')
  // One that comes while the card is tried waits, too.
  ask('four')
  pass(provingMs - 1)
  await vi.waitFor(() => expect(given.mock.calls).toEqual([['one', '0000']]))
  expect(tokens.questions).toEqual([])
  ask('one', true)
  expect(tokens.questions).toMatchObject([{ wasRefused: true }])
  pass(provingMs)
  answer('1234')
  pass(provingMs - 1)
  await vi.waitFor(() => expect(given).toHaveBeenLastCalledWith('one', '1234'))
  expect(given).toHaveBeenCalledTimes(2)
  pass(1)
  await vi.waitFor(() => expect(given).toHaveBeenCalledTimes(5))
  expect(given.mock.calls.slice(2)).toEqual(['two', 'three', 'four'].map((who) => [who, '1234']))
  expect(due.size).toBe(0)
})

test('who leaves it locked leaves it so for all, at once', async () => {
  const { tokens, answer, due } = open()
  const given = [tokens.unlock(asked), tokens.unlock(asked)]
  answer('0000')
  given[0] = tokens.unlock({ ...asked, isRetry: true })
  tokens.decline(tokens.questions[0]?.id ?? '')
  expect(await Promise.all(given)).toEqual(['', ''])
  expect(due.size).toBe(0)
})

test('what unlocks a token is asked for once for all who wait, and kept nowhere', async () => {
  const { tokens, pass } = open()
  const heard: boolean[] = []
  tokens.follow(asked.hostname, (isAsked) => heard.push(isAsked))
  const given = [tokens.unlock(asked), tokens.unlock(asked)]
  expect(tokens.questions).toMatchObject([{ name: 'Harbour card', wasRefused: false }])
  tokens.answer(tokens.questions[0]?.id ?? '', '1234')
  expect(await given[0]).toBe('1234')
  pass(provingMs)
  expect(await Promise.all(given)).toEqual(['1234', '1234'])
  expect(heard).toEqual([true, false])
  // A wrong one is not tried again by itself.
  const again = tokens.unlock({ ...asked, isRetry: true })
  expect(tokens.questions).toMatchObject([{ wasRefused: true }])
  tokens.answer(tokens.questions[0]?.id ?? '', '4321')
  expect(await again).toBe('4321')
})

test('one that its person leaves locked is not asked for again before somebody wants the network', async () => {
  const { tokens } = open()
  const given = tokens.unlock(asked)
  tokens.decline(tokens.questions[0]?.id ?? '')
  expect(await given).toBe('')
  expect(await tokens.unlock({ ...asked, isRetry: true })).toBe('')
  const other = tokens.unlock({ ...asked, tokenName: 'Another card' })
  expect(tokens.questions).toMatchObject([{ name: 'Another card' }])
  tokens.decline(tokens.questions[0]?.id ?? '')
  await other
  tokens.askAgain()
  void tokens.unlock(asked)
  expect(tokens.questions).toHaveLength(1)
})
