import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pulled } from '../../../electron/main/server/schemas.ts'
import { openCache } from '../../../electron/main/store/client.ts'
import { openFile } from '../../../electron/main/store/open-file.ts'
import { migrations } from '../../../electron/main/store/rows.ts'
import { openPuller } from '../../../electron/main/sync/cache/puller.ts'
import { median, rounded, writeSection } from '../document.ts'

const full = { artifacts: 100_000, filesEach: 3, turns: 5 }
const quick = { artifacts: 10_000, filesEach: 3, turns: 3 }
/** A first pull may take so many times as long as its rows inserted at once. */
const mostTimes = 3
const worker = new URL('../../../electron/main/store/worker.ts', import.meta.url)

type Rows = Pick<Pulled, 'artifacts' | 'files'>
/** Milliseconds, and those of CPU that all threads took. */
type Cost = { ms: number; cpu: number }

const costOf = async (work: () => unknown): Promise<Cost> => {
  const [began, used] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(used)
  return { ms: performance.now() - began, cpu: (user + system) / 1000 }
}

/** As the server has them: by their ids. */
const makeRows = (projectId: string, sizes: typeof full): Rows => {
  const updated_at = '2026-01-31T12:00:00.000000+00:00'
  const artifacts = Array.from({ length: sizes.artifacts }, (_, at) => ({
    id: randomUUID() as string,
    project_id: projectId,
    title: `Report ${at} of the tide and the harbour`,
    description: at % 3 === 0 ? `What was seen on day ${at}, and what it means` : null,
    artifact_type: 'folder',
    status: 'ready',
    is_public: false,
    updated_at,
    deleted_at: null,
  }))
  const files = artifacts.flatMap(({ id }, at) =>
    Array.from({ length: sizes.filesEach }, (_, file) => ({
      id: randomUUID() as string,
      artifact_id: id,
      file_path: `pages/${file}/page.html`,
      file_type: 'text/html',
      file_size: 1_000 + file,
      sha256: createHash('sha256').update(`${at} ${file}`).digest('hex'),
      revision: 1,
      is_main_file: file === 0,
      deleted_at: null,
    })),
  )
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
  return { artifacts: artifacts.toSorted(byId), files: files.toSorted(byId) }
}

/** The very rows into the very tables, in one transaction of prepared statements. */
const insertAtOnce = async (file: string, { artifacts, files }: Rows): Promise<Cost> => {
  const db = openFile(file, migrations)
  const putArtifact = db.prepare(
    `insert into artifacts (id, project_id, title, description, kind, status, is_public, updated_at)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const putFile = db.prepare(
    `insert into files (id, artifact_id, path, media_type, size, sha256, revision, is_main, deleted)
     values (?, ?, ?, ?, ?, ?, ?, ?, 0)`,
  )
  const insert = db.transaction(() => {
    for (const a of artifacts)
      putArtifact.run(
        ...[a.id, a.project_id, a.title, a.description, a.artifact_type, a.status],
        ...[a.is_public ? 1 : 0, a.updated_at],
      )
    for (const f of files)
      putFile.run(
        ...[f.id, f.artifact_id, f.file_path, f.file_type, f.file_size, f.sha256, f.revision],
        f.is_main_file ? 1 : 0,
      )
  })
  const cost = await costOf(insert)
  db.close()
  return cost
}

/** What the server's answers hold, without the server. */
const answersOf = ({ artifacts, files }: Rows) => {
  const cut = <Row extends { id: string }>(rows: readonly Row[], after: string, atMost: number) => {
    const from = rows.findIndex(({ id }) => id > after)
    const part = from < 0 ? [] : rows.slice(from, from + atMost)
    return { part, more: from >= 0 && from + atMost < rows.length }
  }
  const said = { cursor: '1000', epoch: 'first', role: 'owner', upload_rules: null }
  const pull: Parameters<typeof openPuller>[0]['remote']['pull'] = async (
    _projectId,
    since,
    _signal,
    { after, afterArtifact, atMost = 5_000 } = {},
  ) => {
    if (since) return { ...said, artifacts: [], files: [] }
    if (after) {
      const { part, more } = cut(files, after, atMost)
      return { ...said, artifacts: [], files: part, more }
    }
    const { part, more } = cut(artifacts, afterArtifact ?? '', atMost)
    return { ...said, artifacts: part, files: [], more }
  }
  return { pull }
}

/** A first pull into an empty cache, as the application does it: part by part, through the cache's worker. */
const pullAll = async (folder: string, projectId: string, rows: Rows): Promise<Cost> => {
  const cache = await openCache(folder, worker)
  const puller = openPuller({
    cache,
    remote: answersOf(rows),
    now: Date.now,
    changed: () => {},
    demoted: () => {},
  })
  const cost = await costOf(() => puller.pull(projectId, new AbortController().signal))
  const there = await cache.sums(projectId, '', rows.artifacts.length + 1)
  if (there.artifacts.count !== rows.artifacts.length || there.files.count !== rows.files.length)
    throw new Error('Not everything was pulled.')
  await cache.close()
  return cost
}

/** What it costs to know a large project for the first time, beside what SQLite takes for the same rows. */
export const benchmarkCache = async (isQuick: boolean) => {
  const sizes = isQuick ? quick : full
  const began = performance.now()
  const folder = await mkdtemp(join(tmpdir(), 'atelier-bench-cache-'))
  try {
    const projectId = randomUUID()
    const rows = makeRows(projectId, sizes)
    const turns: { inserted: Cost; pulled: Cost }[] = []
    for (let turn = 0; turn < sizes.turns; turn += 1) {
      const inserted = await insertAtOnce(join(folder, `${turn}.sqlite`), rows)
      const pulled = await pullAll(join(folder, `${turn}`), projectId, rows)
      console.log(`turn ${turn + 1} of ${sizes.turns}`, { inserted, pulled })
      turns.push({ inserted, pulled })
    }
    const middle = (what: 'inserted' | 'pulled', of: keyof Cost) =>
      Math.round(median(turns.map((turn) => turn[what][of])))
    const timesOf = (of: keyof Cost) =>
      median(turns.map(({ inserted, pulled }) => rounded(pulled[of] / inserted[of])))
    const ratios = {
      'first pull, times a bulk insert': timesOf('ms'),
      'first pull, times the CPU of a bulk insert': timesOf('cpu'),
    }
    const missed = Object.entries(ratios)
      .filter(([, times]) => !(times <= mostTimes))
      .map(([name]) => name)
    const text = [
      '| what | ms | CPU, ms |',
      '|---|---:|---:|',
      `| ${rows.artifacts.length.toLocaleString('en')} artifacts and ${rows.files.length.toLocaleString('en')} files inserted at once | ${middle('inserted', 'ms')} | ${middle('inserted', 'cpu')} |`,
      `| the same rows pulled for the first time | ${middle('pulled', 'ms')} | ${middle('pulled', 'cpu')} |`,
      '',
      '| ratio | figure | target |',
      '|---|---:|---:|',
      ...Object.entries(ratios).map(
        ([name, times]) => `| ${name} | ${times} | at most ${mostTimes} |`,
      ),
    ].join('\n')
    console.log(text)
    if (!isQuick)
      await writeSection(
        'Cache',
        `A first pull of a large project into the application’s cache, through its worker and in the parts the server sends (5,000 rows, each its own transaction that a quit can go on from), beside the same rows put into the same tables in one transaction; the index of titles is made in both. The server and the network are left out. Medians of ${sizes.turns} turns; on a computer that does other things the CPU of all threads says more than the clock.\n\n${text}\n\nMissed: ${missed.join('; ') || 'nothing'}.`,
      )
    const seconds = Math.round((performance.now() - began) / 1000)
    return { benchmark: 'cache', quick: isQuick, seconds, ratios, missed }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
