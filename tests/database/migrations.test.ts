import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'
import { type Catalogue, catalogueOf } from '../../electron/backend/backup/catalogue.ts'
import { startCluster } from '../../electron/backend/postgres/cluster.ts'
import { projectFile } from '../../electron/backend/project-files.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { deployments, servers, startDatabase } from './server.ts'

const folder = projectFile('supabase/migrations')
const quiet = { max: 1, onnotice: () => {} }
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
const files = async () => (await readdir(folder)).toSorted()
/** All that the migrations made, without rows. */
const catalogue = async (url: string): Promise<Catalogue> => {
  const sql = postgres(url, quiet)
  return catalogueOf(sql).finally(() => sql.end())
}

describe.each(deployments)('$title', ({ server, deployer }) => {
  it('every migration runs a second time, and changes nothing', async () => {
    const db = await startDatabase(server, deployer)
    ends.push(() => db.stop())
    const person = await db.signUp('ada@again.example')
    const rows = () => db.sql`
      select relation, row_count from private.table_digests() where relation not like 'private.platform_gaps' order by 1`
    const before = [await catalogue(db.url), await rows()]
    const sql = postgres(
      deployer === 'superuser' ? db.url : db.url.replace('postgres@', 'deployer@'),
      quiet,
    )
    ends.push(() => sql.end())
    for (const file of await files()) {
      const text = await readFile(join(folder, file), 'utf8')
      await sql
        .begin((transaction) => transaction.unsafe(text))
        .catch((error: Error) => {
          throw new Error(`${file}: ${error.message}`)
        })
    }
    expect([await catalogue(db.url), await rows()]).toEqual(before)
    expect(await db.as(person, (as) => as`select 1 from public.projects`)).toHaveLength(1)
  })
})

it.each(servers)(
  'Supabase’s own `db push` applies them in its order, as no superuser, and what comes out is the same: $name',
  async (server) => {
    const project = await temporaryFolder('push')
    const cluster = await startCluster({
      binaries: await server.binaries(),
      folder: join(project, 'data'),
      durable: false,
    })
    ends.push(async () => {
      await cluster.stop()
      await rm(project, { recursive: true, force: true })
    })
    const sql = postgres(cluster.url, quiet)
    for (const file of [
      'electron/backend/postgres/bootstrap.sql',
      'tests/database/hosted-like.sql',
    ])
      await sql.unsafe(await readFile(projectFile(file), 'utf8'))
    await sql.end()
    await mkdir(join(project, 'supabase'))
    await writeFile(join(project, 'supabase/config.toml'), 'project_id = "push"\n')
    await symlink(folder, join(project, 'supabase/migrations'))
    const url = cluster.url.replace('postgres@', 'deployer@')
    const push = async () => {
      const { stdout, stderr } = await promisify(execFile)(
        'npx',
        ['--yes', 'supabase@3.1.0', 'db', 'push', '--yes', '--db-url', `${url}?sslmode=disable`],
        { cwd: project, env: { ...process.env, SUPABASE_TELEMETRY_DISABLED: '1' } },
      )
      return stdout + stderr
    }
    await push()
    const again = postgres(cluster.url, quiet)
    ends.push(() => again.end())
    const applied = await again<{ version: string }[]>`
      select version from supabase_migrations.schema_migrations order by version`
    expect(applied.map(({ version }) => version)).toEqual(
      (await files()).map((file) => file.slice(0, 14)),
    )
    expect(await push()).toContain('up to date')
    const ours = await startDatabase(server, 'like hosted')
    ends.push(() => ours.stop())
    expect(await catalogue(cluster.url)).toEqual(await catalogue(ours.url))
  },
)
