import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { removeUnreferenced } from '../../../electron/backend/storage/remove-unreferenced.ts'
import { open, type Setting } from './support.ts'

let setting: Setting
beforeAll(async () => {
  setting = await open()
})
afterAll(() => setting.close())

it('bytes go when nothing refers to them any more, and not before', async () => {
  const { ada, service } = setting
  const { client } = ada
  const { data: project } = await client.from('projects').select('id').limit(1).single()
  const { data: artifact } = await client
    .from('artifacts')
    .insert({ project_id: project!.id, title: 'Site', artifact_type: 'website' })
    .select('id')
    .single()
  const upload = async (text: string) => {
    const sha256 = createHash('sha256').update(text).digest('hex')
    const { error } = await client.storage
      .from('artifact-files')
      .upload(`${artifact!.id}/${sha256}`, Buffer.from(text))
    expect(error).toBeNull()
    return sha256
  }
  const commit = async (file: string, revision: number, sha256: string, text: string) => {
    const { data } = await client.rpc('commit_artifact_changes', {
      artifact_id: artifact!.id,
      expected: { [file]: revision },
      changes: [{ op: 'put', file_id: file, path: 'a.txt', sha256, size: text.length }],
    })
    expect(data).toMatchObject({ status: 'committed' })
  }
  const there = async () => {
    const { data } = await service.storage.from('artifact-files').list(artifact!.id)
    return data!.map(({ name }) => name).sort()
  }
  const file = randomUUID()
  const first = await upload('first')
  await commit(file, 0, first, 'first')
  const second = await upload('second')
  await commit(file, 1, second, 'second')
  const nobodys = await upload('sent and never committed')
  expect(await removeUnreferenced(service, '0 seconds')).toBe(0)
  // Marked now, it counts for no commit; what history refers to stays.
  expect(await removeUnreferenced(service, '0 seconds')).toBe(1)
  expect(await there()).toEqual([first, second].sort())
  expect(await upload('sent and never committed')).toBe(nobodys)
  await commit(randomUUID(), 0, nobodys, 'x').catch(() => {})

  await client.from('artifacts').delete().eq('id', artifact!.id)
  expect(await removeUnreferenced(service, '7 days')).toBe(3)
  expect(await there()).toEqual([])
})
