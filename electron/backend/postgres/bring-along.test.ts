import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../tests/fixtures/temporary-folder.ts'
import { bringAlong } from './bring-along.ts'

vi.mock('../backup/manifest.ts', async (original) => ({
  ...(await original<typeof import('../backup/manifest.ts')>()),
  readManifest: async () => ({ migrations: [] }),
}))

const folderOf = async (major: number): Promise<string> => {
  const folder = await temporaryFolder('bring-along')
  for (const name of ['postgres', 'postgres-next/postgres'])
    await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, 'postgres/PG_VERSION'), `${major}\n`)
  await writeFile(join(folder, 'keys.json'), '{}')
  return folder
}
const options = (folder: string) => ({
  folder,
  major: 17,
  now: new Date(),
  tell: () => {},
  awaitOrphan: vi.fn(async (_databaseFolder: string) => {}),
  startEmpty: vi.fn(async (): Promise<never> => Promise.reject(new Error('not wanted'))),
})

it('what is half made is removed when nobody has it open any more', async () => {
  const folder = await folderOf(17)
  const given = options(folder)
  const seen: boolean[] = []
  given.awaitOrphan.mockImplementation(async (databaseFolder) => {
    seen.push(existsSync(databaseFolder))
  })
  await bringAlong(given)
  expect(given.awaitOrphan).toHaveBeenCalledWith(join(folder, 'postgres-next/postgres'))
  expect(seen).toEqual([true, true])
  expect(existsSync(join(folder, 'postgres-next'))).toBe(false)
})

it('the copy stays while somebody still has the folder that it is made of', async () => {
  const folder = await folderOf(17)
  const copy = join(folder, 'postgres-copy')
  await mkdir(copy)
  const given = options(folder)
  given.awaitOrphan.mockImplementation(async (databaseFolder) => {
    if (databaseFolder === join(folder, 'postgres')) throw new Error('occupied')
  })
  await expect(bringAlong(given)).rejects.toThrow('occupied')
  expect(existsSync(copy)).toBe(true)
})

it.each([
  ['the system’s', Object.assign(new Error('write'), { code: 'ENOSPC' })],
  ['PostgreSQL’s', Object.assign(new Error('could not extend file'), { code: '53100' })],
  ['a program’s', new Error('initdb failed', { cause: new Error('No space left on device') })],
])('a full disk is called so, by %s word', async (_, error) => {
  const folder = await folderOf(15)
  const given = options(folder)
  given.startEmpty.mockRejectedValue(error)
  await expect(bringAlong(given)).rejects.toMatchObject({ code: 'disk.full' })
  expect(existsSync(join(folder, 'postgres/PG_VERSION'))).toBe(true)
})
