import { createHash } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import { ada, expect } from './application.ts'
import type { Team } from './team.ts'

type Known = { id: string; file_path: string; revision: number }
type Commit = { expected: Record<string, number>; changes: object[] }

/** Somebody's commit at another computer, straight at the server. */
export const commitElsewhere = async (
  team: Team,
  artifactId: string,
  change: (files: Known[]) => Commit,
  { text, person = ada }: { text?: string; person?: typeof ada } = {},
): Promise<void> => {
  const { url, publishableKey } = team.backend()
  const client = createClient(url, publishableKey, { auth: { persistSession: false } })
  await client.auth.signInWithPassword(person)
  const { data: files } = await client
    .from('artifact_files')
    .select('id, file_path, revision')
    .eq('artifact_id', artifactId)
    .is('deleted_at', null)
  if (text !== undefined)
    await client.storage
      .from('artifact-files')
      .upload(`${artifactId}/${sha256(text)}`, Buffer.from(text))
  const answer = await client.rpc('commit_artifact_changes', {
    artifact_id: artifactId,
    ...change(files ?? []),
  })
  expect(answer.data).toMatchObject({ status: 'committed' })
}

const named = (files: Known[], path: string): Known => {
  const file = files.find(({ file_path }) => file_path === path)
  if (!file) throw new Error(`There is no ${path}.`)
  return file
}

/** One file of it is removed. */
export const removeElsewhere = (
  team: Team,
  artifactId: string,
  path: string,
  person = ada,
): Promise<void> =>
  commitElsewhere(
    team,
    artifactId,
    (files) => {
      const { id, revision } = named(files, path)
      return { expected: { [id]: revision }, changes: [{ op: 'remove', file_id: id }] }
    },
    { person },
  )

/** One file of it has another text. */
export const putElsewhere = (
  team: Team,
  artifactId: string,
  path: string,
  text: string,
  person = ada,
): Promise<void> =>
  commitElsewhere(
    team,
    artifactId,
    (files) => {
      const { id, revision } = named(files, path)
      const put = { op: 'put', file_id: id, path, sha256: sha256(text), size: text.length }
      return { expected: { [id]: revision }, changes: [put] }
    },
    { text, person },
  )

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
