import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../../../tests/fixtures/temporary-folder.ts'
import { sizesOf } from './stores.ts'

let folder = ''
beforeEach(async () => {
  folder = await temporaryFolder('sizes')
})
afterEach(() => rm(folder, { recursive: true }))

const put = async (path: string, bytes: number): Promise<void> => {
  await mkdir(join(folder, path, '..'), { recursive: true })
  await writeFile(join(folder, path), Buffer.alloc(bytes))
}

test('each part of all accounts is told, and whose it is is not', async () => {
  for (const account of ['here/one', 'here/other', 'there/one']) {
    await put(`${account}/cache.sqlite`, 10)
    await put(`${account}/cache.sqlite-wal`, 5)
    await put(`${account}/folders.sqlite`, 3)
    await put(`${account}/blobs/ab/cd`, 100)
    await put(`${account}/owner.json`, 1)
  }
  expect((await sizesOf('accounts', folder)).toSorted((a, b) => a.bytes - b.bytes)).toEqual([
    { name: 'accounts, folders.sqlite', bytes: 9, isWhole: true },
    { name: 'accounts, cache.sqlite', bytes: 45, isWhole: true },
    { name: 'accounts, blobs', bytes: 300, isWhole: true },
    { name: 'accounts', bytes: 357, isWhole: true },
  ])
})

test('so is each part of the database here; and of nothing there is none', async () => {
  await put('postgres/base/1', 40)
  await put('objects/a', 2)
  await put('atelier.log', 1)
  expect((await sizesOf('backend', folder)).toSorted((a, b) => a.bytes - b.bytes)).toEqual([
    { name: 'backend, objects', bytes: 2, isWhole: true },
    { name: 'backend, postgres', bytes: 40, isWhole: true },
    { name: 'backend', bytes: 43, isWhole: true },
  ])
  expect(await sizesOf('logs', join(folder, 'none'))).toEqual([
    { name: 'logs', bytes: 0, isWhole: true },
  ])
})
