import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { digestOf } from '../../../electron/main/sync/folder/digest.ts'
import { createRandom } from '../../simulation/random.ts'
import { sha256 } from '../sync/support.ts'
import { meaningOf, openPair, type Pair, type Request } from './pair.ts'

/*
 * The simulator is worth as much as its server is like the real one: both get the same random requests, and must say
 * the same. `MODEL_SEED=7` plays one sequence again.
 */
const times = 300
const seed = Number(process.env.MODEL_SEED ?? Date.now() % 1_000_000)
const resumable = '/storage/v1/upload/resumable'

let pair: Pair
beforeAll(async () => {
  const { error } = console
  // The backend reports each refusal; here they are what is asked for.
  vi.spyOn(console, 'error').mockImplementation((...line: unknown[]) => {
    if (!inspect(line[0]).includes('The database refused')) error(...line)
  })
  pair = await openPair()
})
afterAll(() => pair.close())

type Upload = { real: string; model: string; bytes: Buffer<ArrayBuffer>; at: number; key: string }
type Cursors = { real: string; model: string }
/** A request of each kind, or one for each server where they have names of their own for the same. */
type Made = Request | { real: Request; model: Request } | null

test(`the simulated server answers as the real one does, ${times} times of each kind`, async () => {
  console.log(`MODEL_SEED=${seed}`)
  const random = createRandom(seed)
  const bits = createRandom(seed ^ 0xb17)
  const { people, artifacts, rows, projectId } = pair
  const blobs = new Map<string, Buffer>()
  const cursors: { cursor: Cursors; epoch: Cursors }[] = []
  const uploads: Upload[] = []
  let count = 0

  const bytesOf = (): Buffer<ArrayBuffer> => {
    count += 1
    return Buffer.from(`${seed} ${count} ${'x'.repeat(random.below(2000))}`)
  }
  const json = (name: string, body: unknown, token = people.owner): Request => ({
    method: 'POST',
    path: `/rest/v1/rpc/${name}`,
    token,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  })
  const commit = (artifactId: string, expected: object, changes: object[], token?: string) =>
    json('commit_artifact_changes', { artifact_id: artifactId, expected, changes }, token)
  const artifact = () => rows.artifacts.get(random.pick(artifacts))!
  /** A file and its artifact; a removed one too. */
  const fileOf = (isLive = true) => {
    const files = [...rows.artifacts.values()].flatMap(({ files }) => [...files.values()])
    const fit = files.filter((file) => !isLive || !file.deleted)
    return fit.length > 0 ? random.pick(fit) : null
  }
  const path = () =>
    random.pick(['', 'a/', 'a/b/', 'A/', 'Ü/']) +
    random.pick(['x', 'X', 'y', 'ß']) +
    random.below(60)
  const put = (artifactId: string, fileId: string, more: object = {}) => {
    const keys = [...blobs.keys()].filter((key) => key.startsWith(artifactId))
    const key = keys.length > 0 ? random.pick(keys) : `${artifactId}/${sha256('nothing')}`
    const size = blobs.get(key)?.length ?? 7
    const change = { op: 'put', file_id: fileId, path: path(), sha256: key.slice(37), size }
    // What a change does not say stays; of what nobody ever said the time is the server's own.
    const said = {
      ...(bits.chance(0.4) ? { is_executable: bits.chance(0.5) } : {}),
      ...(bits.chance(0.3) ? { is_owner_only: bits.chance(0.5) } : {}),
      modified_at: new Date(Date.UTC(2000, 0, 1 + bits.below(5_000))).toISOString(),
    }
    return { ...change, ...said, media_type: 'text/plain', ...more }
  }
  const object = (key: string, kind: string, token = people.owner): Request => ({
    method: 'GET',
    path: `/storage/v1/object/${kind}/artifact-files/${key}`,
    token,
  })
  const upload = (key: string, body: Buffer<ArrayBuffer>, token = people.owner): Request => ({
    method: 'POST',
    path: `/storage/v1/object/artifact-files/${key}`,
    token,
    headers: { 'content-type': 'text/plain', 'x-upsert': 'false' },
    body,
  })
  const create = (key: string, length: number, token = people.owner): Request => {
    const words = { bucketName: 'artifact-files', objectName: key, contentType: 'text/plain' }
    const encoded = Object.entries(words).map(
      ([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`,
    )
    return {
      method: 'POST',
      path: resumable,
      token,
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': String(length),
        'upload-metadata': encoded.join(','),
        'x-upsert': 'false',
      },
    }
  }
  const ofUpload = (one: Upload, request: Omit<Request, 'path'>): Made => ({
    real: { ...request, path: one.real },
    model: { ...request, path: one.model },
  })
  const someKey = () => (blobs.size > 0 ? random.pick([...blobs.keys()]) : null)
  const guest = () => random.pick([people.viewer, people.stranger, people.nobody])

  /** Digests of all there was, and answers that all was as they said. */
  let [digests, sames] = [0, 0]
  const kinds: Record<string, () => Made | Promise<Made>> = {
    put: () => {
      const { id } = artifact()
      return commit(id, {}, [put(id, randomUUID())])
    },
    edit: () => {
      const file = fileOf(random.chance(0.9))
      if (!file) return null
      const more = random.chance(0.6) ? { path: file.path } : {}
      const changes = [put(file.artifactId, file.id, more)]
      if (random.chance(0.3)) changes.push(put(file.artifactId, randomUUID()))
      return commit(file.artifactId, { [file.id]: file.revision }, changes)
    },
    remove: () => {
      const file = fileOf(random.chance(0.8))
      const expected = file && { [file.id]: file.revision }
      return file && commit(file.artifactId, expected!, [{ op: 'remove', file_id: file.id }])
    },
    conflict: () => {
      const file = fileOf(random.chance(0.7))
      if (!file) return null
      const wrong = random.chance(0.3) ? {} : { [file.id]: file.revision + 1 - random.below(3) }
      const isRemoval = random.chance(0.3)
      const change = isRemoval
        ? { op: 'remove', file_id: file.id }
        : put(file.artifactId, random.chance(0.8) ? file.id : randomUUID(), { path: file.path })
      return commit(file.artifactId, wrong, [change, put(file.artifactId, randomUUID())])
    },
    again: () => {
      const file = fileOf()
      const same = file && {
        path: file.path,
        sha256: file.sha256,
        size: file.size,
        ...(bits.chance(0.5) ? { is_executable: bits.chance(0.5) } : { is_executable: undefined }),
      }
      return file && commit(file.artifactId, {}, [put(file.artifactId, file.id, same!)])
    },
    refused: () => {
      const { id } = artifact()
      const more = random.pick<object>([
        { sha256: sha256(randomUUID()) },
        { size: 100_000 },
        { path: random.pick(['../x', '/x', 'a//b', 'a\\b', '.', '', 'a/./b', 'a\u0001']) },
        { path: undefined },
        { op: 'copy' },
        { file_id: 'none' },
        { is_executable: 'perhaps' },
        { modified_at: 'soon' },
        { sha256: 'ABC' },
        { file_id: fileOf(false)?.id },
      ])
      return commit(id, random.chance(0.1) ? { a: 'b' } : {}, [put(id, randomUUID(), more)])
    },
    'not mine': () => {
      const file = fileOf()
      const isSent = random.chance(0.3)
      const { id } = artifact()
      if (isSent) {
        const bytes = bytesOf()
        const key = `${id}/${sha256(bytes)}`
        return random.chance(0.5) ? upload(key, bytes, guest()) : create(key, 9, guest())
      }
      if (random.chance(0.3)) return json('pull_project', { project: projectId }, guest())
      const key = someKey()
      if (key && random.chance(0.5))
        return object(key, random.pick(['info/authenticated', 'authenticated']), guest())
      return file && commit(id, {}, [{ op: 'remove', file_id: file.id }], guest())
    },
    pull: async () => {
      const whole = json('pull_project', { project: projectId })
      if (cursors.length === 0 || random.chance(0.05)) return whole
      if (random.chance(0.3)) {
        const after = random.chance(0.3) ? fileOf(false)?.id : undefined
        const of = random.chance(0.8) ? artifact() : null
        const known = (of ? [of] : [...rows.artifacts.values()]).flatMap(({ deleted, files }) =>
          deleted ? [] : [...files.values()].filter((file) => !file.deleted),
        )
        // Sometimes of what is not so any more.
        const last = random.chance(0.2) ? known.pop() : undefined
        const digest = await digestOf(known.map(({ id, ...file }) => ({ fileId: id, ...file })))
        const isOfArtifacts = random.chance(0.3)
        // A part of the artifacts has no files that could be the same.
        if (digest && !last && !isOfArtifacts) digests += 1
        const afterArtifact = random.chance(0.5)
          ? '00000000-0000-0000-0000-000000000000'
          : artifact().id
        return json('pull_project', {
          project: projectId,
          at_most: random.pick([0, 1, 2, 100]),
          ...(of ? { of_artifact: of.id } : {}),
          ...(isOfArtifacts ? { after_artifact: afterArtifact } : {}),
          ...(after ? { after_file: after } : {}),
          ...(digest && random.chance(0.8) ? { known_digest: digest } : {}),
        })
      }
      const recent = cursors.slice(-30)
      const { cursor, epoch } = random.pick(recent)
      const isElsewhere = random.chance(0.1)
      const part = random.chance(0.5) ? { of_artifact: artifact().id, at_most: 2 } : {}
      const withDigest = random.chance(0.5)
      const ask = (which: keyof Cursors): Request =>
        json('pull_project', {
          project: projectId,
          since: cursor[which],
          of_epoch: isElsewhere ? '1.1' : epoch[which],
          ...part,
          ...(withDigest ? { with_digest: true } : {}),
        })
      return { real: ask('real'), model: ask('model') }
    },
    upload: () => {
      const bytes = bytesOf()
      const key = `${artifact().id}/${sha256(bytes)}`
      blobs.set(key, bytes)
      return upload(key, bytes)
    },
    duplicate: () => {
      const key = someKey()
      const bytes = key && Buffer.from(blobs.get(key)!)
      if (!key || !bytes) return null
      return random.chance(0.5) ? upload(key, bytes) : create(key, bytes.length)
    },
    'wrong key': () => {
      const bytes = bytesOf()
      const key = random.pick([`${randomUUID()}/${sha256(bytes)}`, `${artifact().id}/x`, 'x'])
      return random.chance(0.5) ? upload(key, bytes) : create(key, bytes.length)
    },
    info: () => {
      const key = someKey()
      return object(
        key && random.chance(0.8) ? key : `${artifact().id}/${sha256(randomUUID())}`,
        'info/authenticated',
      )
    },
    download: () => {
      const key = someKey()
      const there = key && random.chance(0.8) ? key : `${artifact().id}/${sha256(randomUUID())}`
      return object(there, 'authenticated')
    },
    range: () => {
      const key = someKey()
      if (!key) return null
      const size = blobs.get(key)!.length
      const from = random.below(size + 20)
      const to = random.chance(0.5) ? '' : from + random.below(100)
      const headers = { range: `bytes=${from}-${to}` }
      return { ...object(key, 'authenticated'), headers }
    },
    'tus create': () => {
      const bytes = bytesOf()
      return create(`${artifact().id}/${sha256(bytes)}`, bytes.length)
    },
    'tus patch': () => {
      const one = uploads.length > 0 ? random.pick(uploads.slice(-20)) : null
      if (!one) return null
      const at = random.chance(0.85) ? one.at : random.below(one.bytes.length)
      const left = one.bytes.length - at
      const take = random.chance(0.5) ? left : random.below(left + 1)
      const extra = Buffer.alloc(random.chance(0.05) ? left - take + 5 : 0)
      return ofUpload(one, {
        method: 'PATCH',
        token: random.chance(0.95) ? people.owner : guest(),
        headers: {
          'tus-resumable': '1.0.0',
          'content-type': 'application/offset+octet-stream',
          'upload-offset': String(at),
        },
        body: Buffer.concat([one.bytes.subarray(at, at + take), extra]),
      })
    },
    'tus head': () => {
      const one = uploads.length > 0 ? random.pick(uploads.slice(-30)) : null
      const token = random.chance(0.9) ? people.owner : guest()
      const headers = { 'tus-resumable': '1.0.0' }
      return one && ofUpload(one, { method: 'HEAD', token, headers })
    },
  }

  const played = new Map(Object.keys(kinds).map((kind) => [kind, 0]))
  const differences: Record<string, unknown[]> = {}
  for (;;) {
    const left = [...played].filter(([, done]) => done < times).map(([kind]) => kind)
    if (left.length === 0) break
    const kind = random.pick(left)
    const made = await kinds[kind]!()
    if (!made) continue
    const asked = 'real' in made ? made : { real: made, model: made }
    const [real, model] = [await pair.real(asked.real), await pair.model(asked.model)]
    played.set(kind, played.get(kind)! + 1)
    const [one, other] = [meaningOf(real, asked.real.path), meaningOf(model, asked.model.path)]
    if (!isSame(one, other)) {
      const list = differences[kind] ?? []
      differences[kind] = list
      const body = asked.real.body?.toString().slice(0, 300)
      // One that differs once differs ever after.
      if (list.length < 3)
        list.push({ real: one, model: other, asked: `${asked.real.method} ${body}` })
    }
    if (kind === 'pull' && real.status === 200) {
      const [a, b] = [JSON.parse(real.body.toString()), JSON.parse(model.body.toString())]
      const epoch = { real: a.epoch, model: b.epoch }
      if (a.same) sames += 1
      cursors.push({ cursor: { real: a.cursor, model: b.cursor }, epoch })
    }
    if (kind === 'tus create' && real.status === 201) {
      const place = (answer: typeof real) => new URL(answer.headers.get('location')!).pathname
      const words = new Headers(asked.real.headers).get('upload-metadata')!
      const key = Buffer.from(/objectName (\S+?)(,|$)/.exec(words)![1]!, 'base64').toString()
      const bytes = Buffer.from(`${seed} ${count} `)
      const length = Number(new Headers(asked.real.headers).get('upload-length'))
      const whole = Buffer.concat([bytes, Buffer.alloc(length - bytes.length, 'x')])
      uploads.push({ real: place(real), model: place(model), bytes: whole, at: 0, key })
    }
    if (kind === 'tus patch' && real.status === 204 && 'real' in made) {
      const one = uploads.find((each) => each.real === asked.real.path)!
      one.at = Number(real.headers.get('upload-offset'))
      if (one.at === one.bytes.length) blobs.set(one.key, one.bytes)
    }
  }
  console.log(`${[...played.values()].reduce((sum, each) => sum + each, 0)} requests`)
  expect(differences).toEqual({})
  expect(sames).toBeGreaterThan(digests / 2)
  expect(sames).toBeGreaterThan(10)
}, 300_000)

const isSame = (a: unknown, b: unknown): boolean => {
  try {
    expect(a).toEqual(b)
    return true
  } catch {
    return false
  }
}
