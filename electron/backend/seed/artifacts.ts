import PQueue from 'p-queue'
import { v5 as uuidFrom } from 'uuid'
import { z } from 'zod'
import { Failure } from '../../../src/domain/failure.ts'
import { mediaTypeOf, readHashed, type SourceFile, sourceFiles } from './files.ts'
import type { Person } from './people.ts'
import type { ArtifactPlan } from './plan.ts'

const uploadsAtOnce = 8

export type SeededArtifact = {
  readonly id: string
  readonly title: string
  readonly files: number
  readonly bytes: number
  /** True when an earlier run had committed it. */
  readonly wasThere: boolean
}

const refused = (title: string, message: string): Failure =>
  new Failure('backend.failed-to-start', `Artifact ${title}: ${message}`)

const upload = async (person: Person, artifact: string, title: string, file: SourceFile) => {
  const { bytes, sha256 } = await readHashed(file)
  const mediaType = mediaTypeOf(file.path)
  const { error } = await person.client.storage
    .from('artifact-files')
    .upload(`${artifact}/${sha256}`, bytes, { upsert: false, contentType: mediaType })
  // The key says the content: an object that is there already is this one.
  if (error && !('statusCode' in error && error.statusCode === '409')) {
    throw refused(title, `${file.path}: ${error.message}`)
  }
  return { path: file.path, sha256, size: bytes.length, mediaType }
}

/** Makes the artifact and commits all its files at once; null when its source is not installed. */
export const seedArtifact = async (
  person: Person,
  project: string,
  plan: ArtifactPlan,
): Promise<SeededArtifact | null> => {
  const files = await sourceFiles(plan.source)
  if (files.length === 0) return null
  const { client } = person
  const id = uuidFrom(plan.title, project)
  const known = await client.from('artifacts').select('id,revision').eq('id', id)
  if (known.error) throw refused(plan.title, known.error.message)
  const [row] = z.array(z.object({ id: z.uuid(), revision: z.number() })).parse(known.data)
  if (row && row.revision > 0) {
    const present = await client.from('artifact_files').select('file_size').eq('artifact_id', id)
    const sizes = z.array(z.object({ file_size: z.number() })).parse(present.data ?? [])
    const bytes = sizes.reduce((sum, each) => sum + each.file_size, 0)
    return { id, title: plan.title, files: sizes.length, bytes, wasThere: true }
  }
  if (!row) {
    const { error } = await client.from('artifacts').insert({
      id,
      project_id: project,
      title: plan.title,
      description: plan.description,
      artifact_type: plan.type,
      status: plan.status,
      progress: plan.status === 'ready' ? 100 : 60,
    })
    if (error) throw refused(plan.title, error.message)
  }
  const queue = new PQueue({ concurrency: uploadsAtOnce })
  const uploaded = await queue.addAll(
    files.map((file) => () => upload(person, id, plan.title, file)),
  )
  const committed = await client.rpc('commit_artifact_changes', {
    artifact_id: id,
    expected: {},
    changes: uploaded.map(({ path, sha256, size, mediaType }) => ({
      op: 'put',
      file_id: uuidFrom(path, id),
      path,
      sha256,
      size,
      media_type: mediaType,
      ...(path === plan.main ? { is_main: true } : {}),
    })),
  })
  if (committed.error) throw refused(plan.title, committed.error.message)
  const answer = z.object({ status: z.string() }).parse(committed.data)
  if (answer.status !== 'committed') throw refused(plan.title, answer.status)
  const bytes = uploaded.reduce((sum, each) => sum + each.size, 0)
  return { id, title: plan.title, files: uploaded.length, bytes, wasThere: false }
}
