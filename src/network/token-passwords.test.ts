import { expect, test } from 'vitest'
import { TokenPasswords } from './token-passwords.ts'

const asked = { hostname: 'team.harbour.example', tokenName: 'Harbour card', isRetry: false }

test('what unlocks a token is asked for once for all who wait, and kept nowhere', async () => {
  const tokens = new TokenPasswords({ changed: () => {} })
  const heard: boolean[] = []
  tokens.follow(asked.hostname, (isAsked) => heard.push(isAsked))
  const given = [tokens.unlock(asked), tokens.unlock(asked)]
  expect(tokens.questions).toMatchObject([{ name: 'Harbour card', wasRefused: false }])
  tokens.answer(tokens.questions[0]?.id ?? '', '1234')
  expect(await Promise.all(given)).toEqual(['1234', '1234'])
  expect(heard).toEqual([true, false])
  // A wrong one is not tried again by itself.
  const again = tokens.unlock({ ...asked, isRetry: true })
  expect(tokens.questions).toMatchObject([{ wasRefused: true }])
  tokens.answer(tokens.questions[0]?.id ?? '', '4321')
  expect(await again).toBe('4321')
})

test('one that its person leaves locked is not asked for again before somebody wants the network', async () => {
  const tokens = new TokenPasswords({ changed: () => {} })
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
