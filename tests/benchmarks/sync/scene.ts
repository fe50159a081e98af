import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres, { type Sql } from 'postgres'
import { loadKeys } from '../../../electron/backend/keys.ts'
import { projectFile } from '../../../electron/backend/project-files.ts'
import { buildProgram } from '../../build-program.ts'

/** What Supabase's CLI signs its service token with when it believes to talk to its own local stack. */
const secretOfCli = 'super-secret-jwt-token-with-at-least-32-characters-long'

const lineOf = async (child: ChildProcess, starts: string): Promise<string> => {
  if (!child.stdout) throw new Error('no output')
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith(starts)) return line.slice(starts.length).trim()
  throw new Error(`the server ended without saying ${starts}`)
}
const linesOf = async (child: ChildProcess, count: number): Promise<string[]> => {
  const lines: string[] = []
  if (!child.stdout) throw new Error('no output')
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (lines.length === count) return lines
  }
  throw new Error(`the server ended early: ${lines.join('\n')}`)
}

export type Place = { projectId: string; artifactId: string }
export type Scene = {
  folder: string
  url: string
  publishableKey: string
  secretKey: string
  token: string
  sql: Sql
  computer: string
  cli: string
  /** Where the CLI believes its project to be. */
  cliFolder: string
  artifact(): Promise<Place>
  sink(): Promise<Place & { url: string; stop(): Promise<void> }>
  close(): Promise<void>
}

const signIn = async (url: string, key: string): Promise<[SupabaseClient, string]> => {
  const client = createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false },
  })
  const email = `${randomUUID()}@bench.example`
  const { data, error } = await client.auth.signUp({ email, password: 'a-long-password' })
  if (error || !data.session) throw error ?? new Error('no session')
  return [client, data.session.access_token]
}

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** The embedded backend as a process of its own, a person signed in, and where the CLI lies. */
export const openScene = async (): Promise<Scene> => {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-bench-'))
  // PostgreSQL may run as another user: it has to pass through.
  await chmod(folder, 0o711)
  const backendFolder = join(folder, 'backend')
  await loadKeys(backendFolder)
  const keysFile = join(backendFolder, 'keys.json')
  const keys = JSON.parse(await readFile(keysFile, 'utf8'))
  await writeFile(keysFile, JSON.stringify({ ...keys, jwtSecret: secretOfCli }))
  const server = spawn(
    process.execPath,
    [projectFile('electron/backend/cli.ts'), '--folder', backendFolder, '--secrets'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const lines = await linesOf(server, 4)
  const of = (name: string): string =>
    lines
      .find((line) => line.startsWith(name))
      ?.slice(name.length)
      .trim() ?? ''
  const [url, publishableKey, secretKey] = [of('URL'), of('Publishable key'), of('Secret key')]
  const sql = postgres(of('Database'), { max: 2, onnotice: () => {} })
  const [client, token] = await signIn(url, publishableKey)
  const need = <T>({ data, error }: { data: T | null; error: unknown }): T => {
    if (error || data === null) throw error ?? new Error('no data')
    return data
  }
  const workspace = need(await client.rpc('create_workspace', { name: 'B', company_name: 'B' }))
  const cliFolder = join(folder, 'cli')
  await mkdir(join(cliFolder, 'supabase'), { recursive: true })
  await writeFile(
    join(cliFolder, 'supabase/config.toml'),
    `project_id = "bench"\n[api]\nport = ${new URL(url).port}\n`,
  )
  const { stdout } = await promisify(execFile)('npx', [
    ...['--yes', '-p', 'supabase@3.1.0'],
    ...['-c', 'command -v supabase'],
  ])
  return {
    folder,
    url,
    publishableKey,
    secretKey,
    token,
    sql,
    computer: await buildProgram(join(import.meta.dirname, 'computer.ts'), 'bench'),
    cli: stdout.trim(),
    cliFolder,
    artifact: async () => {
      const projectId: string = need(await client.rpc('create_project', { workspace, name: 'B' }))
      const artifactId = randomUUID()
      const { error } = await client.from('artifacts').insert({
        id: artifactId,
        project_id: projectId,
        title: 'B',
        artifact_type: 'website',
        status: 'ready',
      })
      if (error) throw error
      return { projectId, artifactId }
    },
    sink: async () => {
      const place = { projectId: randomUUID(), artifactId: randomUUID() }
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'sink.ts'), place.artifactId, place.projectId],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      const port = await lineOf(child, '')
      return { ...place, url: `http://127.0.0.1:${port}`, stop: () => stop(child) }
    },
    close: async () => {
      await sql.end()
      await stop(server)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
