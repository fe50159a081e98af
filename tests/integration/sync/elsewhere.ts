import { randomBytes, randomUUID } from 'node:crypto'
import type { Random } from '../../simulation/random.ts'
import { type Artifact, commitElsewhere, type Scene, sha256 } from './support.ts'

const places = ['', '', 'src/', 'src/parts/', 'docs/', 'Über uns/']
const names = ['a', 'b', 'c', 'index', 'read me (1)', 'Zürich', 'ship']
const endings = ['.txt', '.md', '.html', '']
/** Bytes: more than one part of a resumable upload. */
export const big = 7 * 1024 * 1024

type Row = { id: string; path: string; sha256: string; revision: number }
type Version = { fileId: string; path: string; sha256: string; revision: number; removed: boolean }

/** Another computer of the same person, straight at the server, and a memory of what anybody wrote. */
export const openElsewhere = (scene: Scene, artifact: Artifact, random: Random) => {
  /** Hash of everything that anybody ever wrote whole, and a word on who and where. */
  const written = new Map<string, string>()
  let count = 0
  const note = (who: string, path: string, bytes: Uint8Array): void =>
    void written.set(sha256(bytes), `${who} ${path} (${bytes.length} bytes)`)
  const content = (
    who: string,
    path: string,
    size: number,
    more: (size: number) => Uint8Array = randomBytes,
  ): Buffer => {
    count += 1
    const bytes = Buffer.concat([Buffer.from(`${who} ${count}\n`), more(size)])
    note(`${who} ${count}`, path, bytes)
    return bytes
  }
  const newPath = (): string => {
    const name = `${random.pick(names)}${random.below(5) || ''}${random.pick(endings)}`
    return `${random.pick(places)}${name}`
  }
  const size = (): number => (random.chance(0.08) ? 300_000 : random.below(4000))

  const { client } = scene.ada
  const live = async (): Promise<Row[]> => {
    const { data, error } = await client
      .from('artifact_files')
      .select('id, file_path, sha256, revision')
      .eq('artifact_id', artifact.id)
      .is('deleted_at', null)
      .order('file_path')
    if (error) throw error
    return data.map(({ file_path, ...rest }) => ({ ...rest, path: file_path }))
  }
  const versions = async (): Promise<Version[]> => {
    const { data, error } = await client
      .from('artifact_file_versions')
      .select('file_id, revision, file_path, sha256, removed')
      .eq('artifact_id', artifact.id)
      .order('file_id')
      .order('revision')
      .limit(10_000)
    if (error) throw error
    return data.map(({ file_id, file_path, ...rest }) => ({
      fileId: file_id,
      path: file_path,
      ...rest,
    }))
  }
  const there = async (
    kind = random.weighted({ add: 3, edit: 5, move: 2, remove: 1 }) as string,
  ): Promise<void> => {
    const rows = await live()
    const row = rows.length > 0 ? random.pick(rows) : null
    if (kind === 'add' || kind === 'big' || !row || kind === 'edit') {
      const isNew = kind !== 'edit' || !row
      const path = isNew ? newPath() : row.path
      const bytes = content('there', path, kind === 'big' ? big + random.below(big) : size())
      const [id, revision] = isNew ? [randomUUID(), 0] : [row.id, row.revision]
      await commitElsewhere(scene, artifact.id, id, path, bytes, revision)
      return
    }
    const put = {
      op: 'put',
      file_id: row.id,
      path: newPath(),
      sha256: row.sha256,
      size: 0,
      media_type: 'text/plain',
    }
    if (kind === 'move') {
      const { data } = await client.from('artifact_files').select('file_size').eq('id', row.id)
      put.size = data?.[0]?.file_size ?? 0
    }
    const { error } = await client.rpc('commit_artifact_changes', {
      artifact_id: artifact.id,
      expected: { [row.id]: row.revision },
      changes: [kind === 'move' ? put : { op: 'remove', file_id: row.id }],
    })
    if (error) throw error
  }

  /** What is wrong at the server when nobody writes. */
  const complaints = async (): Promise<string[]> => {
    const found: string[] = []
    const [rows, history] = [await live(), await versions()]
    for (const row of rows) {
      const { data } = await client.storage
        .from('artifact-files')
        .download(`${artifact.id}/${row.sha256}`)
      if (!data || sha256(Buffer.from(await data.arrayBuffer())) !== row.sha256)
        found.push(`${row.path} has other bytes at the server`)
    }
    const byHash = Map.groupBy(rows, (row) => row.sha256)
    for (const [hash, twins] of byHash)
      if (twins.length > 1)
        found.push(`twice the same: ${twins.map(({ path }) => path)} (${written.get(hash)})`)
    history.forEach((version, at) => {
      const before = history[at - 1]
      const isSame = (['fileId', 'path', 'sha256', 'removed'] as const).every(
        (each) => before?.[each] === version[each],
      )
      if (isSame) found.push(`${version.path} has the same revision twice`)
    })
    return found
  }
  return { there, live, versions, complaints, written, content, newPath, size }
}
