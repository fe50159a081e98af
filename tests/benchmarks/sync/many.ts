import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { median } from '../document.ts'
import { done } from './jobs.ts'
import { type Cost, measure } from './measure.ts'
import type { Place, Scene } from './scene.ts'
import { atelier } from './transfers.ts'

/** So many files in a folder and at the server, the same on both sides; their content is their path. */
const makeBoth = async (
  scene: Scene,
  root: string,
  sizes: Record<string, number>,
): Promise<Place> => {
  const place = await scene.artifact()
  for (const [folder, count] of Object.entries(sizes)) {
    for (let at = 0; at < count; at += 1) {
      const path = `${folder}/${Math.floor(at / 500)}/${at}.txt`
      if (at % 500 === 0) await mkdir(join(root, path, '..'), { recursive: true })
      await writeFile(join(root, path), path)
    }
    await scene.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql`insert into public.artifact_files (artifact_id, project_id, is_public, file_path, file_type, file_size, sha256)
        select ${place.artifactId}, ${place.projectId}, false, path, 'text/plain', length(path), encode(sha256(path::bytea), 'hex')
        from (select ${folder} || '/' || n / 500 || '/' || n || '.txt' as path from generate_series(0, ${count - 1}) n) p`
      // Commits ask whether the bytes are there.
      await sql`insert into storage.objects (bucket_id, name, metadata)
        select 'artifact-files', f.storage_path, jsonb_build_object('size', f.file_size)
        from public.artifact_files f where f.artifact_id = ${place.artifactId} on conflict do nothing`
    })
  }
  await scene.sql`vacuum analyze`
  return place
}

export type Many = {
  files: number
  /** Milliseconds. */
  noOp: number
  start: number
  extraMemory: number
  dryRun: Cost
  edit95: number
  renames: { small: number; big: number; requestsSmall: number; requestsBig: number }
}

/** What it costs to have many files of which nothing or next to nothing changed. */
export const haveMany = async (
  scene: Scene,
  sizes: { files: number; renamed: number; turns: number; edits: number },
): Promise<Many> => {
  const root = join(scene.folder, 'many')
  const few = join(scene.folder, 'few')
  await mkdir(root)
  await mkdir(few)
  const parts = {
    small: 100,
    big: sizes.renamed,
    rest: sizes.files - sizes.renamed - 100,
  }
  const place = await makeBoth(scene, root, parts)
  const other = await makeBoth(scene, few, { few: 100 })
  // Joined once; what is measured afterwards begins as the application does.
  await atelier(scene, place, root, { kind: 'in-step' }, 'many')
  await atelier(scene, other, few, { kind: 'in-step' }, 'few')
  const noOp = async (of: Place, folder: string, name: string) => {
    const { output } = await atelier(scene, of, folder, { kind: 'no-op', turns: sizes.turns }, name)
    return done['no-op'].parse(JSON.parse(output))
  }
  const many = await noOp(place, root, 'many')
  const little = await noOp(other, few, 'few')
  const copy = join(scene.folder, 'copy')
  await measure(['cp', '-a', root, copy])
  const dryRuns: Cost[] = []
  for (let turn = 0; turn < sizes.turns; turn += 1)
    dryRuns.push(await measure(['rclone', 'sync', '--dry-run', '--config=/dev/null', root, copy]))
  await rm(copy, { recursive: true, force: true })
  const edits = await atelier(scene, place, root, { kind: 'edit', turns: sizes.edits }, 'many')
  const waits = done.edit
    .parse(JSON.parse(edits.output))
    .waits.map((wait) => wait ?? Number.POSITIVE_INFINITY)
    .toSorted((a, b) => a - b)
  const renames = await atelier(
    scene,
    place,
    root,
    { kind: 'rename', folders: ['small', 'big'] },
    'many',
  )
  const [requestsSmall = 0, requestsBig = 0] = done.rename.parse(
    JSON.parse(renames.output),
  ).requests
  await rm(root, { recursive: true, force: true })
  return {
    files: sizes.files,
    noOp: median(many.ms),
    start: many.start,
    extraMemory: many.peak - little.peak,
    dryRun: {
      seconds: median(dryRuns.map(({ seconds }) => seconds)),
      cpu: median(dryRuns.map(({ cpu }) => cpu)),
      peak: median(dryRuns.map(({ peak }) => peak)),
    },
    edit95: waits[Math.ceil(waits.length * 0.95) - 1] ?? Number.POSITIVE_INFINITY,
    renames: { small: 100, big: sizes.renamed, requestsSmall, requestsBig },
  }
}
