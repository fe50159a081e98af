import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Random } from '../../simulation/random.ts'
import { type Artifact, commitElsewhere, type Scene, sha256 } from '../sync/support.ts'

const places = ['', '', 'src/', 'src/parts/', 'docs/', 'Über uns/']
const names = ['a', 'b', 'c', 'index', 'read me (1)', 'Zürich', 'ship']
const endings = ['.txt', '.md', '.html', '']
/** Bytes: more than one part of a resumable upload. */
const big = 7 * 1024 * 1024

type Row = { id: string; path: string; sha256: string; revision: number }

/** Paths of the person's files; what sync keeps for itself is not among them. */
export const filesOf = async (root: string): Promise<string[]> => {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !path.split('/').includes('.atelier'))
    .sort()
}

/** One person at the folder, another at the server, and a memory of what each of them wrote. */
export const openPeople = (scene: Scene, artifact: Artifact, root: string, random: Random) => {
  /** Hash of everything that anybody ever wrote whole, and a word on who and where. */
  const written = new Map<string, string>()
  /** What the person at the folder overwrote or deleted, having seen it: nobody owes it to them. */
  const letGo = new Set<string>()
  let count = 0
  const content = (who: string, path: string, size: number): Buffer => {
    count += 1
    const bytes = Buffer.concat([Buffer.from(`${who} ${count}\n`), randomBytes(size)])
    written.set(sha256(bytes), `${who} ${count} ${path} (${bytes.length} bytes)`)
    return bytes
  }
  const newPath = (): string => {
    const name = `${random.pick(names)}${random.below(5) || ''}${random.pick(endings)}`
    return `${random.pick(places)}${name}`
  }
  const size = (): number => (random.chance(0.08) ? 300_000 : random.below(4000))
  const seen = async (path: string): Promise<void> => {
    const bytes = await readFile(join(root, path)).catch(() => null)
    if (bytes) letGo.add(sha256(bytes))
  }
  const exists = (path: string): Promise<boolean> =>
    stat(join(root, path)).then(
      () => true,
      () => false,
    )

  const write = async (path: string, bytes: Buffer, beside: boolean): Promise<void> => {
    const file = join(root, path)
    await mkdir(dirname(file), { recursive: true })
    if (beside) await writeFile(`${file}~`, bytes)
    await seen(path)
    if (beside) await rename(`${file}~`, file)
    else await writeFile(file, bytes)
  }
  const here = async (
    kind = random.weighted({ add: 4, edit: 5, move: 3, moveFolder: 0.4, remove: 1.5 }) as string,
  ): Promise<void> => {
    const paths = await filesOf(root)
    const path = paths.length > 0 ? random.pick(paths) : null
    if (kind === 'big') {
      const place = path !== null && random.chance(0.3) ? path : newPath()
      await write(place, content('here', place, big + random.below(big)), true)
    } else if (kind === 'add' || path === null) {
      const place = newPath()
      await write(place, content('here', place, size()), random.chance(0.5))
    } else if (kind === 'edit') await write(path, content('here', path, size()), random.chance(0.5))
    else if (kind === 'remove') {
      await seen(path)
      await rm(join(root, path), { force: true })
    } else {
      const [from, to] =
        kind === 'move' ? [path, newPath()] : ['docs', `docs ${random.below(1000)}`]
      if (!(await exists(from)) || (await exists(to))) return
      await mkdir(dirname(join(root, to)), { recursive: true })
      // The follower may have moved it meanwhile.
      await rename(join(root, from), join(root, to)).catch(() => {})
    }
  }

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

  const hashed = new Map<string, string>()
  /** What every file of the folder holds. A file that did not change is not read twice. */
  const treeOf = async (): Promise<Map<string, string>> => {
    const tree = new Map<string, string>()
    for (const path of await filesOf(root)) {
      const { ino, size, mtimeNs, ctimeNs } = await stat(join(root, path), { bigint: true })
      const key = [ino, size, mtimeNs, ctimeNs].join(':')
      const hash = hashed.get(key) ?? sha256(await readFile(join(root, path)))
      hashed.set(key, hash)
      tree.set(path, hash)
    }
    return tree
  }
  /** Files at a person's path that nobody wrote so. */
  const torn = async (): Promise<string[]> =>
    [...(await treeOf())].filter(([, hash]) => !written.has(hash)).map(([path]) => path)

  /** What is wrong when both are at rest. */
  const complaints = async (): Promise<string[]> => {
    const found: string[] = []
    const [tree, rows] = [await treeOf(), await live()]
    const atServer = new Map(rows.map((row) => [row.path, row.sha256]))
    for (const path of new Set([...tree.keys(), ...atServer.keys()]))
      if (tree.get(path) !== atServer.get(path)) found.push(`${path} is not the same on both sides`)
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

    const { data: versions, error } = await client
      .from('artifact_file_versions')
      .select('file_id, revision, file_path, sha256, removed')
      .eq('artifact_id', artifact.id)
      .order('file_id')
      .order('revision')
      .limit(10_000)
    if (error) throw error
    versions.forEach((version, at) => {
      const before = versions[at - 1]
      const isSame = (['file_id', 'file_path', 'sha256', 'removed'] as const).every(
        (each) => before?.[each] === version[each],
      )
      if (isSame) found.push(`${version.file_path} has the same revision twice`)
    })
    const kept = new Set([...rows, ...versions].map((each) => each.sha256))
    const trash = await readdir(join(root, '.atelier/trash'), {
      recursive: true,
      withFileTypes: true,
    }).catch(() => [])
    for (const entry of trash.filter((each) => each.isFile() && !each.name.endsWith('.json')))
      kept.add(sha256(await readFile(join(entry.parentPath, entry.name))))
    for (const [hash, what] of written)
      if (what.startsWith('here') && !letGo.has(hash) && !kept.has(hash))
        found.push(`lost: ${what}`)
    for (const place of ['incoming', 'aside', 'moving'])
      for (const name of await readdir(join(root, '.atelier', place)).catch(() => []))
        found.push(`stray: ${place}/${name} (${written.get(name) ?? 'unknown'})`)
    return found
  }
  const isEqual = async (): Promise<boolean> => {
    const [tree, rows] = [await treeOf(), await live()]
    return tree.size === rows.length && rows.every((row) => tree.get(row.path) === row.sha256)
  }
  return { here, there, torn, isEqual, complaints, written, live }
}
