import { randomBytes } from 'node:crypto'
import { mkdir, open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rounded } from '../document.ts'
import { done } from './jobs.ts'
import { type Cost, measure } from './measure.ts'
import type { Place, Scene } from './scene.ts'

const programs = [
  'Atelier',
  'supabase CLI',
  'curl',
  'Atelier to the sink',
  'rclone to the sink',
] as const
export type Program = (typeof programs)[number]
/** A cost by program, once a turn. */
export type Turn = Partial<Record<Program, Cost>>

export const atelier = async (
  scene: Scene,
  place: Place & { url?: string },
  root: string,
  more: object = { kind: 'in-step' },
  name = `${Math.random()}`,
) =>
  measure([
    ...[process.execPath, scene.computer],
    JSON.stringify({
      url: scene.url,
      publishableKey: scene.publishableKey,
      token: scene.token,
      ...place,
      root,
      state: join(scene.folder, `state-${name}`),
      ...more,
    }),
  ])

/** Its seconds are those until the last file was done, from the start of the process as with the others. */
const bringInStep = async (scene: Scene, place: Place & { url?: string }, root: string) => {
  const { output, ...cost } = await atelier(scene, place, root)
  return { ...cost, seconds: done['in-step'].parse(JSON.parse(output)).ms / 1000 }
}

const supabase = (scene: Scene, from: string, to: string) =>
  measure([scene.cli, 'storage', 'cp', '-r', from, to, '--experimental', '-j', '8'], {
    cwd: scene.cliFolder,
    env: { SUPABASE_TELEMETRY_DISABLED: '1' },
  })

/** Fresh files of noise, twenty-five to a folder. */
export const makeFiles = async (root: string, count: number, size: number): Promise<string[]> => {
  const names: string[] = []
  for (let index = 0; index < count; index += 1) {
    const folder = `folder-${Math.floor(index / 25)}`
    if (index % 25 === 0) await mkdir(join(root, folder), { recursive: true })
    names.push(`${folder}/${index}.txt`)
    await writeFile(join(root, names.at(-1) ?? ''), randomBytes(size))
  }
  return names
}

const headers = (scene: Scene): string[] => [
  ...['-H', `authorization: Bearer ${scene.secretKey}`, '-H', `apikey: ${scene.secretKey}`],
]

/** The same number of fresh small files, sent by each in its turn. */
export const sendSmall = async (scene: Scene, count: number): Promise<Turn> => {
  const at = join(scene.folder, 'small')
  const fresh = async (): Promise<string[]> => {
    await rm(at, { recursive: true, force: true })
    return makeFiles(at, count, 4096)
  }
  const sink = await scene.sink()
  try {
    const turn: Turn = {}
    await fresh()
    const place = await scene.artifact()
    turn.Atelier = await bringInStep(scene, place, at)
    await fresh()
    const project = `project-files/${place.projectId}`
    turn['supabase CLI'] = await supabase(scene, at, `ss:///${project}/cli`)
    const config = join(scene.folder, 'curl.config')
    const names = await fresh()
    await writeFile(
      config,
      names
        .map(
          (name) =>
            `next\nupload-file = "${join(at, name)}"\nurl = "${scene.url}/storage/v1/object/${project}/curl/${name}"\nrequest = POST\noutput = /dev/null\nheader = "authorization: Bearer ${scene.secretKey}"\nheader = "apikey: ${scene.secretKey}"\nheader = "content-type: text/plain"\n`,
        )
        .join('')
        .replace(/^next\n/, ''),
    )
    turn.curl = await measure(['curl', '-sSf', '--parallel', '--parallel-max', '16', '-K', config])
    await fresh()
    turn['Atelier to the sink'] = await bringInStep(scene, sink, at)
    await fresh()
    turn['rclone to the sink'] = await measure([
      ...['rclone', 'copy', at, ':s3:bench/files', '--s3-provider=Other', '--s3-no-head'],
      ...['--s3-no-check-bucket', '--transfers=16', '--checkers=16', '--s3-force-path-style'],
      ...[`--s3-endpoint=${sink.url}`, '--s3-access-key-id=a', '--s3-secret-access-key=b'],
      ...['--config=/dev/null', '--no-traverse'],
    ])
    return turn
  } finally {
    await sink.stop()
    await rm(at, { recursive: true, force: true })
  }
}

const makeBig = async (path: string, bytes: number): Promise<void> => {
  const file = await open(path, 'w')
  for (let at = 0; at < bytes; at += 1 << 20) await file.write(randomBytes(1 << 20))
  await file.close()
}

/** One big file up and down by each in its turn; `idle` is what Atelier costs with next to nothing to do. */
export const sendBig = async (
  scene: Scene,
  bytes: number,
): Promise<{ up: Turn; down: Turn; idle: Cost }> => {
  // What is measured is larger than what the buckets take.
  await scene.sql`update storage.buckets set file_size_limit = 2147483648`
  const at = join(scene.folder, 'big')
  const here = join(scene.folder, 'here')
  const small = join(scene.folder, 'idle')
  await mkdir(at)
  await mkdir(here)
  await makeFiles(small, 1, 10)
  const idle = await atelier(scene, await scene.artifact(), small)
  const file = join(at, 'big.bin')
  await makeBig(file, bytes)
  const place = await scene.artifact()
  const project = `project-files/${place.projectId}`
  const up: Turn = { Atelier: await bringInStep(scene, place, at) }
  const path = `${scene.url}/storage/v1/object/${project}/curl.bin`
  const down: Turn = { Atelier: await bringInStep(scene, place, here) }
  await rm(join(here, 'big.bin'))
  // The object that Atelier put there, under its hash.
  const [object] = await scene.sql<{ name: string }[]>`
    select name from storage.objects where bucket_id = 'artifact-files' and name like ${`${place.artifactId}/%`}`
  down.curl = await measure([
    ...['curl', '-sSf', ...headers(scene), '-o', join(here, 'curl.bin')],
    `${scene.url}/storage/v1/object/authenticated/artifact-files/${object?.name}`,
  ])
  up['supabase CLI'] = await supabase(scene, at, `ss:///${project}/cli`)
  up.curl = await measure([
    ...[
      'curl',
      '-sSf',
      '-X',
      'POST',
      '-T',
      file,
      ...headers(scene),
      '-H',
      'content-type: text/plain',
    ],
    ...['-o', '/dev/null', path],
  ])
  for (const folder of [at, here, small]) await rm(folder, { recursive: true, force: true })
  return { up, down, idle }
}

export const tableOf = (turns: Record<string, Turn>): string =>
  [
    '| job | program | seconds | CPU, seconds | peak memory, MB |',
    '|---|---|---:|---:|---:|',
    ...Object.entries(turns).flatMap(([job, turn]) =>
      programs.flatMap((program) => {
        const cost = turn[program]
        return cost
          ? [
              `| ${job} | ${program} | ${rounded(cost.seconds)} | ${rounded(cost.cpu)} | ${Math.round(cost.peak / 1e6)} |`,
            ]
          : []
      }),
    ),
  ].join('\n')

/** The median of each figure over the turns. */
export const medianOf = (turns: readonly Turn[], median: (of: number[]) => number): Turn =>
  Object.fromEntries(
    programs.flatMap((program) => {
      const costs = turns.flatMap((turn) => turn[program] ?? [])
      if (costs.length === 0) return []
      const of = (key: keyof Cost): number => median(costs.map((cost) => cost[key]))
      return [[program, { seconds: of('seconds'), cpu: of('cpu'), peak: of('peak') }]]
    }),
  )
