import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { filesIn } from '../../files-in.ts'
import type { Random } from '../../simulation/random.ts'
import { openHashes } from '../killing.ts'
import { big, openElsewhere } from '../sync/elsewhere.ts'
import { type Artifact, type Scene, sha256 } from '../sync/support.ts'

/** Paths of the person's files; what sync keeps for itself is not among them. */
export const filesOf = async (root: string): Promise<string[]> =>
  (await filesIn(root)).filter((path) => !path.split('/').includes('.atelier'))

/** One person at the folder, another at the server, and a memory of what each of them wrote. */
export const openPeople = (scene: Scene, artifact: Artifact, root: string, random: Random) => {
  const elsewhere = openElsewhere(scene, artifact, random)
  const { there, live, versions, written, content, newPath, size } = elsewhere
  /** What the person at the folder overwrote or deleted, having seen it: nobody owes it to them. */
  const letGo = new Set<string>()
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
      // The loop may have moved it meanwhile.
      await rename(join(root, from), join(root, to)).catch(() => {})
    }
  }

  const hashOf = openHashes()
  /** What every file of the folder holds. */
  const treeOf = async (): Promise<Map<string, string>> => {
    const tree = new Map<string, string>()
    for (const path of await filesOf(root)) tree.set(path, await hashOf(join(root, path)))
    return tree
  }
  /** Files at a person's path that nobody wrote so. */
  const torn = async (): Promise<string[]> =>
    [...(await treeOf())].filter(([, hash]) => !written.has(hash)).map(([path]) => path)

  /** What is wrong when both are at rest. */
  const complaints = async (): Promise<string[]> => {
    const found = await elsewhere.complaints()
    const [tree, rows] = [await treeOf(), await live()]
    const atServer = new Map(rows.map((row) => [row.path, row.sha256]))
    for (const path of new Set([...tree.keys(), ...atServer.keys()]))
      if (tree.get(path) !== atServer.get(path)) found.push(`${path} is not the same on both sides`)
    const kept = new Set([...rows, ...(await versions())].map((each) => each.sha256))
    const trash = join(root, '.atelier/trash')
    for (const path of (await filesIn(trash)).filter((each) => !each.endsWith('.json')))
      kept.add(sha256(await readFile(join(trash, path))))
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
