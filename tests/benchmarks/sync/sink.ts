import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'

/*
 * A server that takes everything and keeps nothing but names and sizes, in the two dialects that are compared: S3 as
 * rclone speaks it, and Storage with the two functions as Atelier does. So both clients meet the same server.
 */

const objects = new Map<string, { size: number; md5: string }>()
const files = new Map<string, { path: string; sha256: string; size: number; revision: number }>()
const artifactId = process.argv[2] ?? randomUUID()
const projectId = process.argv[3] ?? randomUUID()

const take = async (request: IncomingMessage, key: string): Promise<string> => {
  const hash = createHash('md5')
  let size = 0
  for await (const chunk of request) {
    hash.update(chunk as Buffer)
    size += (chunk as Buffer).length
  }
  const md5 = hash.digest('hex')
  objects.set(key, { size, md5 })
  return md5
}

const pull = () => ({
  cursor: '1',
  epoch: 'sink',
  artifacts: [
    {
      id: artifactId,
      project_id: projectId,
      title: 'Sink',
      description: null,
      artifact_type: 'website',
      status: 'ready',
      is_public: false,
      updated_at: new Date(0).toISOString(),
      deleted_at: null,
    },
  ],
  files: [...files].map(([id, { path, sha256, size, revision }]) => ({
    id,
    artifact_id: artifactId,
    file_path: path,
    file_type: 'text/plain',
    file_size: size,
    sha256,
    revision,
    is_main_file: false,
    deleted_at: null,
  })),
  artifact_ids: [artifactId],
  file_ids: [...files.keys()],
})

type Change = { op: string; file_id: string; path: string; sha256: string; size: number }
const commit = ({ changes }: { changes: Change[] }) => ({
  status: 'committed',
  revision: 1,
  files: changes.map(({ file_id, path, sha256, size }) => {
    files.set(file_id, { path, sha256, size, revision: 1 })
    return { file_id, revision: 1 }
  }),
})

const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://sink').pathname
  const answer = (body: unknown): void => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(body))
  }
  const respond = async (): Promise<void> => {
    if (path.startsWith('/storage/v1/object/info/')) {
      const key = path.replace('/storage/v1/object/info/authenticated/', '')
      const object = objects.get(key)
      if (object) return answer({ size: object.size })
      response.statusCode = 400
      return answer({ statusCode: '404', error: 'not_found', message: 'Object not found' })
    }
    if (path.startsWith('/storage/v1/object/')) {
      await take(request, path.replace('/storage/v1/object/', ''))
      return answer({ Id: randomUUID(), Key: path })
    }
    if (path.endsWith('/pull_project')) return answer(pull())
    if (path.endsWith('/commit_artifact_changes'))
      return answer(commit(JSON.parse((await buffer(request)).toString('utf8'))))
    if (request.method === 'PUT') {
      response.setHeader('etag', `"${await take(request, path)}"`)
      response.end()
      return
    }
    if (request.method === 'HEAD') {
      response.statusCode = objects.has(path) ? 200 : 404
      response.end()
      return
    }
    // A bucket that is always empty.
    response.setHeader('content-type', 'application/xml')
    response.end(
      '<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>',
    )
  }
  void respond().catch((error: unknown) => {
    response.statusCode = 500
    response.end(String(error))
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') console.log(address.port)
})
