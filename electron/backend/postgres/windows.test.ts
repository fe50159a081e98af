import { expect, test } from 'vitest'
import { plainPath } from './windows.ts'

const ada = 'C:\\Users\\Ada\\AppData\\Local\\Atelier\\backend\\postgres'
const joern = '/Users/Jörn/Atelier/backend/postgres'

test('a path that PostgreSQL can read stays as it is, and nobody is asked', async () => {
  expect(await plainPath(ada, () => Promise.reject(new Error('asked')))).toBe(ada)
})

test('one of another alphabet is reached by its short name, also before it is made', async () => {
  const asked: string[] = []
  const short = async (folder: string) => {
    asked.push(folder)
    return '/Users/JRN~1/Atelier/backend'
  }
  expect(await plainPath(joern, short)).toBe('/Users/JRN~1/Atelier/backend/postgres')
  expect(asked).toEqual(['/Users/Jörn/Atelier/backend'])
})

test.each([
  ['no short names', async (folder: string) => folder],
  ['no answer', async () => ''],
  ['no shell', () => Promise.reject(new Error('ENOENT'))],
])('a drive with %s says so, in words of ours', async (_, short) => {
  await expect(plainPath(joern, short)).rejects.toMatchObject({ code: 'backend.path-not-plain' })
})
