import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'
import { startBackend } from '../../../electron/backend/backend.ts'
import { embeddedBinaries } from '../../../electron/backend/postgres/binaries.ts'
import { freePort, startCluster } from '../../../electron/backend/postgres/cluster.ts'
import { unprivilegedIdentity } from '../../../electron/backend/postgres/identity.ts'
import { projectFile } from '../../../electron/backend/project-files.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'
import { preparedBackendFolder } from '../../prepared/backend.ts'

const password = 'a-long-password'
const email = 'ada@lifecycle.example'
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

const spawnIdle = (): number => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  children.push(child)
  return child.pid ?? Number.NaN
}

/** `npm run backend`, as a process of its own. */
const startProcess = async (folder: string, ...more: string[]) => {
  const cli = projectFile('electron/backend/cli.ts')
  const child = spawn(process.execPath, [cli, '--folder', folder, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const ended = once(child, 'exit')
  await expect
    .poll(() => output.includes('Stop with') || child.exitCode !== null, { timeout: 60_000 })
    .toBe(true)
  return {
    child,
    ended,
    output: () => output,
    url: /URL\s+(\S+)/.exec(output)?.[1] ?? '',
    publishableKey: /key\s+(\S+)/i.exec(output)?.[1] ?? '',
  }
}
const clientOf = ({ url, publishableKey }: { url: string; publishableKey: string }) =>
  createClient(url, publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false, storageKey: Math.random().toString() },
  })

/** The process ids of the PostgreSQL over a folder: the first line of its postmaster.pid. */
const postmaster = async (folder: string): Promise<number> =>
  Number((await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])
/** Its own way into the database of a running backend. */
const databaseOf = async (folder: string): Promise<string> => {
  const { databasePassword } = JSON.parse(await readFile(join(folder, 'keys.json'), 'utf8'))
  const port = (await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[3]
  return `postgres://postgres:${databasePassword}@127.0.0.1:${port}/postgres`
}
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('the process', () => {
  it('keeps everything over a stop and a start, its address and its keys too', async () => {
    const folder = await temporaryFolder('lifecycle')
    const first = await startProcess(folder)
    const ada = clientOf(first)
    const { data } = await ada.auth.signUp({ email, password })
    const { data: project } = await ada.from('projects').select('id').limit(1).single()
    const place = `${project!.id}/kept.txt`
    const stored = await ada.storage.from('project-files').upload(place, Buffer.from('kept'))
    expect(stored.error).toBeNull()
    const pid = await postmaster(folder)
    first.child.kill('SIGTERM')
    expect((await first.ended)[0]).toBe(0)
    expect(alive(pid)).toBe(false)

    const second = await startProcess(folder)
    expect(second.url).toBe(first.url)
    expect(second.publishableKey).toBe(first.publishableKey)
    const again = clientOf(second)
    expect((await again.auth.signInWithPassword({ email, password })).error).toBeNull()
    expect((await again.from('projects').select('id').limit(1).single()).data).toEqual(project)
    expect(await (await again.storage.from('project-files').download(place)).data!.text()).toBe(
      'kept',
    )
    // The session of before is good too.
    const refreshed = await again.auth.refreshSession({
      refresh_token: data.session!.refresh_token,
    })
    expect(refreshed.error).toBeNull()
  })

  it('takes PostgreSQL with it when it is killed, and loses nothing that was answered', async () => {
    const folder = await temporaryFolder('lifecycle')
    const first = await startProcess(folder)
    await clientOf(first).auth.signUp({ email, password })
    const pid = await postmaster(folder)
    first.child.kill('SIGKILL')
    await expect.poll(() => alive(pid), { timeout: 10_000 }).toBe(false)
    const second = await startProcess(folder)
    const answer = await clientOf(second).auth.signInWithPassword({ email, password })
    expect(answer.error).toBeNull()
  })

  it('has the connection still of a client that was busy for longer than Node keeps an idle one', async () => {
    const folder = await temporaryFolder('lifecycle')
    const backend = await startBackend({ folder, durable: false })
    const client = clientOf(backend)
    expect((await client.auth.signUp({ email, password })).error).toBeNull()
    const ask = () => client.rpc('create_workspace', { name: 'A', company_name: 'A' })
    expect((await ask()).error).toBeNull()
    // Both know by now that the connection is idle.
    await new Promise((resolve) => setTimeout(resolve, 100))
    const end = performance.now() + 6_500
    // Nothing else has its turn, of the client or of the server, whose timers are due together.
    while (performance.now() < end);
    expect((await ask()).error).toBeNull()
    await backend.stop()
  })

  it.each([
    // The largest pid there can be: nobody's.
    ['nobody has', () => 4194303],
    // After the next boot, and the more in the next container, where the numbers begin anew.
    ['another program has by now', () => spawnIdle()],
  ])('starts over a pid file that a power cut left, with a pid that %s', async (_, pid) => {
    const folder = await temporaryFolder('lifecycle')
    await (await startBackend({ folder, durable: false })).stop()
    await writeFile(
      join(folder, 'postgres/postmaster.pid'),
      `${pid()}\n${folder}/postgres\n0\n5432\n\n127.0.0.1\n\nready\n`,
    )
    const backend = await startBackend({ folder, durable: false })
    await backend.stop()
  })

  it('ends when PostgreSQL does, so that whoever started it can start both again', async () => {
    const folder = await temporaryFolder('lifecycle')
    const first = await startProcess(folder)
    process.kill(await postmaster(folder), 'SIGKILL')
    expect((await first.ended)[0]).toBe(1)
    const second = await startProcess(folder)
    expect((await clientOf(second).auth.signUp({ email, password })).error).toBeNull()
  })

  it('waits for a PostgreSQL that is still going down after its owner was killed', async () => {
    const folder = await temporaryFolder('lifecycle')
    await (await startBackend({ folder, durable: false })).stop()
    const binaries = await embeddedBinaries(folder)
    const identity = await unprivilegedIdentity()
    const late = spawn(
      join(binaries, 'postgres'),
      ['-D', join(folder, 'postgres'), '-p', String(await freePort()), '-k', ''],
      { ...identity, cwd: '/', stdio: 'ignore' },
    )
    children.push(late)
    await expect
      .poll(() => readFile(join(folder, 'postgres/postmaster.pid'), 'utf8').catch(() => ''), {
        timeout: 20_000,
      })
      .toContain('ready')
    const orphan = await postmaster(folder)
    await writeFile(join(folder, 'postgres.owner'), '4194303')
    setTimeout(() => late.kill('SIGINT'), 700)
    const backend = await startBackend({ folder, durable: false })
    expect(await postmaster(folder)).not.toBe(orphan)
    expect(alive(orphan)).toBe(false)
    await backend.stop()
  })

  it('begins anew where the first start was cut while the database was made', async () => {
    const folder = await temporaryFolder('lifecycle')
    await mkdir(join(folder, 'postgres.draft/base'), { recursive: true })
    await writeFile(join(folder, 'postgres.draft/PG_VERSION'), '17\n')
    const backend = await startBackend({ folder, durable: false })
    await backend.stop()
    expect(await readdir(folder)).not.toContain('postgres.draft')
  })

  it('is given up at any moment of a start, and nothing breaks or is left behind by that', async () => {
    const folder = await temporaryFolder('lifecycle')
    await (await startBackend({ folder, durable: false })).stop()
    const broken: string[] = []
    const hear = (what: unknown): void => void broken.push(String(what))
    process.on('unhandledRejection', hear)
    process.on('uncaughtException', hear)
    try {
      let isReady = false
      for (let afterMs = 0; !isReady; afterMs += 60) {
        const begun = Promise.withResolvers<() => Promise<void>>()
        void startBackend({ folder, durable: false, onStarting: begun.resolve }).then(
          (backend) => {
            isReady = true
            return backend.stop()
          },
          () => {},
        )
        const stop = await begun.promise
        await pause(afterMs)
        await stop()
        await expect(readFile(join(folder, 'postgres/postmaster.pid'))).rejects.toThrow('ENOENT')
      }
      // What the driver does later.
      await pause(500)
    } finally {
      process.off('unhandledRejection', hear)
      process.off('uncaughtException', hear)
    }
    expect(broken).toEqual([])
    await (await startBackend({ folder, durable: false })).stop()
  })

  it('whoever stops it again waits for its end, too', async () => {
    const folder = await temporaryFolder('lifecycle')
    const backend = await startBackend({ folder, durable: false })
    const first = backend.stop()
    await backend.stop()
    await expect(readFile(join(folder, 'postgres/postmaster.pid'))).rejects.toThrow('ENOENT')
    await first
    await backend.stop()
  })

  it('says so when the database is of a preview with another schema', async () => {
    const folder = await temporaryFolder('lifecycle')
    const backend = await startBackend({ folder, durable: false })
    const sql = postgres(backend.databaseUrl, { max: 1, onnotice: () => {} })
    await sql`update supabase_migrations.schema_migrations set statements = array['select 1'] where version like '%04'`
    await sql.end()
    await backend.stop()
    await expect(startBackend({ folder, durable: false })).rejects.toMatchObject({
      code: 'backend.failed-to-start',
      message: expect.stringMatching(/preview of Atelier whose \d+_identity\.sql was another/),
    })
  })

  it('says so when another one is at the folder, and leaves that one alone', async () => {
    const folder = await temporaryFolder('lifecycle')
    const first = await startProcess(folder)
    const second = await startProcess(folder)
    expect(second.output()).toMatch(/Another Atelier is already using.*backend\.failed-to-start/)
    expect(second.child.exitCode).toBe(1)
    expect((await clientOf(first).auth.signUp({ email, password })).error).toBeNull()
  })

  it('says so when the folder is of an older PostgreSQL, and no copy was made', async () => {
    const folder = await temporaryFolder('lifecycle')
    await (await startBackend({ folder, durable: false })).stop()
    await writeFile(join(folder, 'postgres/PG_VERSION'), '16\n')
    await expect(startBackend({ folder, durable: false })).rejects.toMatchObject({
      code: 'backend.older-database',
      message: expect.stringMatching(
        /^The database folder was made by PostgreSQL 16; this is PostgreSQL 17/,
      ),
    })
  })

  it('says so when the keys are damaged, and does not make new ones over them', async () => {
    const folder = await temporaryFolder('lifecycle')
    await writeFile(join(folder, 'keys.json'), '{"jwtSecret":')
    await expect(startBackend({ folder, durable: false })).rejects.toMatchObject({
      code: 'backend.failed-to-start',
    })
    expect(await readFile(join(folder, 'keys.json'), 'utf8')).toBe('{"jwtSecret":')
  })
})

describe('the master key', () => {
  it('seals secrets, and lies in no file of the folder once the backend has stopped', async () => {
    const folder = await preparedBackendFolder('key')
    const masterKey = randomBytes(32).toString('base64url')
    const secret = 'sk-live-9f8e7d6c5b4a'
    const backend = await startBackend({ folder, durable: false })
    expect(backend.hasSecrets).toBe(false)
    await backend.supplyMasterKey(masterKey)
    const ada = clientOf(backend)
    await ada.auth.signUp({ email, password })
    const { data: project } = await ada.from('projects').select('id').limit(1).single()
    const { data: variable } = await ada
      .from('environment_variables')
      .insert({ project_id: project!.id, name: 'API_KEY' })
      .select('id')
      .single()
    const stored = await ada.rpc('set_connection_secret', {
      kind: 'env',
      id: variable!.id,
      secret: { value: secret },
    })
    expect(stored.error).toBeNull()
    await backend.stop()
    const files = await readdir(folder, { recursive: true, withFileTypes: true })
    for (const file of files.filter((each) => each.isFile())) {
      const bytes = await readFile(join(file.parentPath, file.name))
      for (const text of [masterKey, secret])
        expect(bytes.includes(text), join(file.parentPath, file.name)).toBe(false)
    }
    // Whoever holds no key by then learns that another one would not open this.
    const again = await startBackend({ folder, durable: false })
    expect(again.hasSecrets).toBe(true)
    await again.stop()
  })

  it('is forgotten at the next start after a kill', async () => {
    const folder = await preparedBackendFolder('key')
    const first = await startProcess(folder)
    const sql = postgres(await databaseOf(folder), { max: 1, onnotice: () => {} })
    await sql`select private.supply_master_key(${'k'.repeat(40)})`
    await sql.end()
    first.child.kill('SIGKILL')
    await first.ended
    const backend = await startBackend({ folder, durable: false })
    const after = postgres(backend.databaseUrl, { max: 1, onnotice: () => {} })
    expect(await after`select id from private.supplied_keys`).toEqual([])
    await after.end()
    await backend.stop()
  })

  it('is needed: without it a secret is refused, and the rest works', async () => {
    const backend = await startBackend({
      folder: await preparedBackendFolder('key'),
      durable: false,
    })
    const ada = clientOf(backend)
    await ada.auth.signUp({ email, password })
    const { data: project } = await ada.from('projects').select('id').limit(1).single()
    const { data: variable } = await ada
      .from('environment_variables')
      .insert({ project_id: project!.id, name: 'API_KEY' })
      .select('id, has_secret')
      .single()
    const stored = await ada.rpc('set_connection_secret', {
      kind: 'env',
      id: variable!.id,
      secret: 'a secret',
    })
    expect(stored.error).toMatchObject({ code: '55000' })
    await backend.stop()
  })
})

describe('the installation', () => {
  it('has keys of its own, which nobody else can read', async () => {
    const [one, two] = await Promise.all([temporaryFolder('keys'), temporaryFolder('keys')])
    const keysOf = async (folder: string) => {
      await (await startBackend({ folder, durable: false })).stop()
      expect((await stat(join(folder, 'keys.json'))).mode & 0o077).toBe(0)
      return JSON.parse(await readFile(join(folder, 'keys.json'), 'utf8')) as Record<string, string>
    }
    const [first, second] = [await keysOf(one), await keysOf(two)]
    for (const name of ['jwtSecret', 'publishableKey', 'secretKey', 'databasePassword', 'id'])
      expect(first[name]).not.toBe(second[name])
  })

  it('lets nobody into its database who does not have its password', async () => {
    const backend = await startBackend({
      folder: await preparedBackendFolder('door'),
      durable: false,
    })
    const without = new URL(backend.databaseUrl)
    for (const password of ['', 'postgres']) {
      without.password = password
      const sql = postgres(without.href, { max: 1, onnotice: () => {} })
      await expect(sql`select 1`).rejects.toThrow(/password/)
      await sql.end()
    }
    await backend.stop()
  })

  it('takes another port when its own is taken, and the one asked for or none', async () => {
    const folder = await temporaryFolder('port')
    const { port, stop, id } = await startBackend({ folder, durable: false })
    await stop()
    const squatter = createServer().listen(port, '127.0.0.1')
    await once(squatter, 'listening')
    const elsewhere = await startBackend({ folder, durable: false })
    expect(elsewhere.port).not.toBe(port)
    expect(elsewhere.id).toBe(id)
    await elsewhere.stop()
    await expect(startBackend({ folder, durable: false, port })).rejects.toMatchObject({
      code: 'backend.failed-to-start',
      message: `Port ${port} is taken.`,
    })
    squatter.close()
  })

  it('listens on this computer alone', async () => {
    const backend = await startBackend({
      folder: await preparedBackendFolder('loopback'),
      durable: false,
    })
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((each) => each && !each.internal && each.family === 'IPv4')
    for (const { address } of outside as { address: string }[]) {
      await expect(fetch(`http://${address}:${backend.port}/auth/v1/health`)).rejects.toThrow()
      const sql = postgres(backend.databaseUrl.replace('127.0.0.1', address), { max: 1 })
      await expect(sql`select 1`).rejects.toThrow()
    }
    await backend.stop()
  })

  it('by pg_ctl, as on Windows, it starts, says when it is gone, and why it does not start', async () => {
    const folder = await temporaryFolder('controlled')
    const options = {
      binaries: await embeddedBinaries(folder),
      folder: join(folder, 'postgres'),
      durable: false,
      byControl: true,
    }
    const answers = async (url: string): Promise<unknown> => {
      const sql = postgres(url, { max: 1, onnotice: () => {} })
      const [row] = await sql`select current_setting('listen_addresses') as at`
      await sql.end()
      return row?.at
    }
    const first = await startCluster(options)
    expect(await answers(first.url)).toBe('127.0.0.1')
    // Whoever asks again has asked for nothing more.
    await Promise.all([first.stop(), first.stop()])
    await first.ended
    await first.stop()
    // Whoever ends it, it is told.
    const second = await startCluster(options)
    const pid = Number.parseInt(await readFile(join(options.folder, 'postmaster.pid'), 'utf8'), 10)
    process.kill(pid, 'SIGINT')
    await second.ended
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    await expect(startCluster({ ...options, port })).rejects.toMatchObject({
      code: 'backend.failed-to-start',
      message: expect.stringContaining('FATAL'),
    })
    taken.close()
  })

  it('with --database-url works over another PostgreSQL, and leaves it running', async () => {
    const folder = await temporaryFolder('elsewhere')
    const cluster = await startCluster({
      binaries: await embeddedBinaries(folder),
      folder: join(folder, 'postgres'),
      durable: false,
    })
    const backend = await startProcess(join(folder, 'backend'), '--database-url', cluster.url)
    expect((await clientOf(backend).auth.signUp({ email, password })).error).toBeNull()
    backend.child.kill('SIGTERM')
    await backend.ended
    const sql = postgres(cluster.url, { max: 1, onnotice: () => {} })
    expect(await sql`select email from auth.users`).toMatchObject([{ email }])
    // Somebody's own server decides for itself who may sign up.
    expect(await sql`select open_signup from private.platform`).toEqual([{ open_signup: false }])
    // The same order on every system, and no locale that one of them may lack.
    expect(
      await sql`select datlocprovider, datlocale from pg_database where datname = 'postgres'`,
    ).toEqual([{ datlocprovider: 'b', datlocale: 'C.UTF-8' }])
    expect(
      await sql`select string_agg(name, '' order by name) as names, upper('é') as upper
        from unnest(array['b', 'a', 'B', 'é', 'Z']) name`,
    ).toEqual([{ names: 'BZabé', upper: 'É' }])
    await sql.end()
    await cluster.stop()
  })
})
