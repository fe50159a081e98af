import { randomUUID } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { SimulatedServer } from '../../simulation/http.ts'
import { Rows } from '../../simulation/server.ts'
import { makeArtifact, openScene, sha256 } from '../sync/support.ts'

export type Request = {
  method: string
  path: string
  token: string
  headers?: Record<string, string>
  body?: Uint8Array<ArrayBuffer>
}
export type Answered = { status: number; headers: Headers; body: Buffer }

/** The embedded backend and the simulated server with the same people, projects and artifacts. */
export const openPair = async () => {
  const scene = await openScene()
  const { backend, ada } = scene
  const signUp = async (name: string) => {
    const client = createClient(backend.url, backend.publishableKey, {
      auth: { persistSession: false, autoRefreshToken: false, storageKey: name },
    })
    const email = `${name}@sync.example`
    const { data, error } = await client.auth.signUp({ email, password: 'a-long-password' })
    if (error) throw error
    return { id: data.user!.id, token: data.session!.access_token }
  }
  const [viewer, stranger] = [await signUp('ben'), await signUp('eve')]
  const { projectId, id } = await makeArtifact(scene, {})
  const artifacts = [id, randomUUID()]
  const { error } = await ada.client.from('artifacts').insert({
    id: artifacts[1],
    project_id: projectId,
    title: 'Other signs',
    artifact_type: 'website',
    status: 'ready',
  })
  if (error) throw error
  const sql = postgres(backend.databaseUrl, { max: 1, onnotice: () => {} })
  await sql`insert into public.project_users (project_id, user_id, role) values (${projectId}, ${viewer.id}, 'viewer')`
  await sql.end()

  const rows = new Rows(projectId, {})
  rows.members.set(ada.id, 'contributor')
  rows.members.set(viewer.id, 'viewer')
  rows.addArtifact(artifacts[0]!, 'Harbour signs')
  rows.addArtifact(artifacts[1]!, 'Other signs')
  const simulated = new SimulatedServer(rows, randomUUID, async () => {}, {})
  const holders = new Map([ada, viewer, stranger].map(({ id, token }) => [token, id]))
  simulated.holderOf = (token) => holders.get(token) ?? null
  simulated.trouble = (what) => {
    throw new Error(what)
  }

  const headersOf = ({ token, headers }: Request) =>
    new Headers({ apikey: backend.publishableKey, authorization: `Bearer ${token}`, ...headers })
  const real = async (request: Request): Promise<Answered> => {
    const { method, path, body } = request
    const answer = await fetch(`${backend.url}${path}`, {
      method,
      headers: headersOf(request),
      ...(body && { body }),
    })
    const { status, headers } = answer
    return { status, headers, body: Buffer.from(await answer.arrayBuffer()) }
  }
  const model = async (request: Request): Promise<Answered> => {
    const { method, path, body = new Uint8Array() } = request
    const answer = await simulated.handle({
      method,
      path,
      headers: headersOf(request),
      body,
      isCut: false,
    })
    const { status, headers } = answer
    return { status, headers: new Headers(headers), body: Buffer.from(answer.body) }
  }
  return {
    projectId,
    artifacts,
    rows,
    simulated,
    real,
    model,
    people: { owner: ada.token, viewer: viewer.token, stranger: stranger.token, nobody: 'x.y.z' },
    close: scene.close,
  }
}
export type Pair = Awaited<ReturnType<typeof openPair>>

type Json = Record<string, unknown>
const jsonOf = ({ body }: Answered): Json => {
  try {
    return JSON.parse(body.toString())
  } catch {
    return { text: body.toString() }
  }
}
const byId = (rows: unknown, id: string) =>
  (rows as Json[])
    .map(({ updated_at, deleted_at, ...row }) => ({
      ...row,
      updated: typeof updated_at,
      isDeleted: deleted_at !== null && deleted_at !== undefined,
    }))
    .sort((a, b) => (String((a as Json)[id]) < String((b as Json)[id]) ? -1 : 1))

/** What a client can learn from an answer, without the words and with neither server's own numbers. */
export const meaningOf = (answer: Answered, path: string): Json => {
  const { status, headers } = answer
  if (path.startsWith('/rest/')) {
    const body = jsonOf(answer)
    // A token that is none, and one that was: the client does the same about both.
    if (status !== 200) return { status, code: String(body.code).replace(/PGRST30[13]/, 'token') }
    if (path.endsWith('pull_project')) {
      const { cursor, epoch, artifacts, files, artifact_ids, file_ids, role, digest, ...rest } =
        body
      return {
        cursor: typeof cursor,
        epoch: typeof epoch,
        ...rest,
        // What artifacts say of themselves is not modelled; how many there are, and their files, is.
        digest: String(digest).replace(/^(\d+) -?\d+ /, '$1 '),
        mayWrite: role !== 'viewer',
        artifacts: byId(artifacts, 'id'),
        files: byId(files, 'id'),
        artifactIds: (artifact_ids as string[] | undefined)?.sort(),
        fileIds: (file_ids as string[] | undefined)?.sort(),
      }
    }
    const { files, conflicts, ...rest } = body
    return {
      ...rest,
      ...(files ? { files: byId(files, 'file_id') } : {}),
      ...(conflicts ? { conflicts: byId(conflicts, 'file_id') } : {}),
    }
  }
  if (path.includes('/upload/resumable')) {
    const of = (name: string) => headers.get(name)
    return {
      status,
      offset: of('upload-offset'),
      length: of('upload-length'),
      hasLocation: headers.has('location'),
      version: status < 300 ? of('tus-resumable') : null,
    }
  }
  if (status >= 400) {
    const { statusCode, code, error } = answer.body.length > 0 ? jsonOf(answer) : {}
    return { status, statusCode, code, error, range: headers.get('content-range') }
  }
  if (path.includes('/info/')) {
    const { size, content_type } = jsonOf(answer)
    return { status, size, content_type }
  }
  if (path.includes('/authenticated/'))
    return {
      status,
      sha256: sha256(answer.body),
      range: headers.get('content-range'),
      length: headers.get('content-length'),
      type: headers.get('content-type'),
      hasTag: headers.has('etag'),
    }
  return { status, key: jsonOf(answer).Key, id: typeof jsonOf(answer).Id }
}
