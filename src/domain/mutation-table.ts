import { z } from 'zod'
import { displayName, title } from './fields.ts'
import { maxTitleLetters } from './limits.ts'

/*
 * Everything that is written to rows of the server, by name. A name stays for good: what was queued by one version is
 * sent by a later one. Each is one function of the server, which takes `mutation`, the id, and does it once.
 */

/** JSON, as it goes over the wire. */
type Arguments = { [name: string]: string | number | boolean | null | string[] | number[] }

type QueryKey = readonly [area: string, ...what: string[]]
/** One of the same thing that was queued before, and is owed still or gave way. */
export type Earlier = { id: string; name: string; input: unknown }

type Declaration<Input> = {
  input: z.ZodType<Input>
  request: (input: Input) => { function: string; arguments: Arguments }
  /** What it is about: the mutations of one thing go out one at a time, in their order. */
  thing: (input: Input) => string
  /**
   * Those with the same key say the same thing anew, so that the newest is enough while none of them was sent. Null:
   * each one counts.
   */
  replaces: ((input: Input) => string) | null
  /** The query keys of what is another thing once it is applied: the area, then what follows the account. */
  queries: (input: Input) => readonly QueryKey[]
  /** The project whose rows in the cache it changes; null: none. */
  project: (input: Input) => string | null
  /** The artifact whose files it changes: it keeps its order with edits of them. */
  files?: (input: Input) => string
  /** What it says behind others that its maker knows. */
  behind?: (input: Input, earlier: readonly Earlier[]) => Input
  /** What it says where its person wants it all the same, after somebody was faster. */
  anyway?: (input: Input) => Input
}
const declare = <Input>(declaration: Declaration<Input>) => declaration

const artifact = z.object({ artifactId: z.uuid(), projectId: z.uuid() })
const ofArtifact = ({ artifactId }: { artifactId: string }): string => `artifact ${artifactId}`
/** Its files come by sync, which tells of them. */
const restored = ({ artifactId, projectId }: z.infer<typeof artifact>): QueryKey[] => [
  ['history', artifactId],
  ['artifacts', 'list', projectId],
]
const revision = z.number().int().nonnegative()
/** What its maker knows the artifact to have been called; without it, whatever it is called. */
const knownTitles = z.array(z.string().max(maxTitleLetters)).max(100).optional()
/** Changes of the same maker that came after the look. */
const since = z.array(z.uuid()).max(100).optional()
const maxSince = 100
const withSince = <Input extends { since?: string[] | undefined }>(
  input: Input,
  earlier: readonly Earlier[],
): Input => {
  const ids = earlier.flatMap(({ id, name }) => (name.startsWith('artifacts.restore') ? id : []))
  if (ids.length === 0) return input
  return { ...input, since: [...new Set([...(input.since ?? []), ...ids])].slice(-maxSince) }
}
const rename = artifact.extend({ title, knownTitles })

export const mutations = {
  /** Refused when the artifact is called none of what its maker knew. */
  'artifacts.rename': declare({
    input: rename,
    request: ({ artifactId, title, knownTitles }) => ({
      function: 'rename_artifact',
      arguments: {
        artifact: artifactId,
        title,
        ...(knownTitles && { known_titles: knownTitles }),
      },
    }),
    behind: (input, earlier) => {
      const before = earlier.flatMap(({ name, input: given }) => {
        const known = name === 'artifacts.rename' ? rename.safeParse(given).data : undefined
        return known ?? []
      })
      const isAny = before.some((each) => each.knownTitles === undefined)
      if (input.knownTitles === undefined || before.length === 0) return input
      if (isAny) return { ...input, knownTitles: undefined }
      const titles = before.flatMap((each) => [...(each.knownTitles ?? []), each.title])
      return { ...input, knownTitles: [...new Set([...titles, ...input.knownTitles])].slice(-100) }
    },
    anyway: (input) => ({ ...input, knownTitles: undefined }),
    thing: ofArtifact,
    replaces: ({ artifactId }) => `title ${artifactId}`,
    queries: ({ projectId }) => [
      ['artifacts', 'list', projectId],
      ['artifacts', 'search'],
      ['artifacts', 'conflicts'],
    ],
    project: ({ projectId }) => projectId,
  }),
  /**
   * All files as they were after `revision`; refused when the artifact is no more at `newest`, and others than its maker
   * had a hand in it. Null: wherever it is.
   */
  'artifacts.restore': declare({
    input: artifact.extend({ revision, newest: revision.nullable(), since }),
    request: ({ artifactId, revision, newest, since }) => ({
      function: 'restore_artifact_revision',
      arguments: { artifact: artifactId, revision, newest, ...(since && { since }) },
    }),
    files: ({ artifactId }) => artifactId,
    behind: withSince,
    anyway: (input) => ({ ...input, newest: null }),
    thing: ofArtifact,
    replaces: null,
    queries: restored,
    project: ({ projectId }) => projectId,
  }),
  /** One file as `revision` had it, under the name of then; `newest` is the file's, and else the same holds. */
  'artifacts.restoreFile': declare({
    input: artifact.extend({
      fileId: z.uuid(),
      revision,
      newest: revision.nullable(),
      mediaType: z.string().min(1).max(255),
      since,
    }),
    request: ({ artifactId, fileId, revision, newest, mediaType, since }) => ({
      function: 'restore_file_revision',
      arguments: {
        artifact: artifactId,
        file: fileId,
        revision,
        newest,
        media_type: mediaType,
        ...(since && { since }),
      },
    }),
    files: ({ artifactId }) => artifactId,
    behind: withSince,
    anyway: (input) => ({ ...input, newest: null }),
    thing: ofArtifact,
    replaces: null,
    queries: restored,
    project: ({ projectId }) => projectId,
  }),
  /** The order in which a person wants the projects of a workspace; those that it does not name come after. */
  'projects.order': declare({
    input: z.object({ workspaceId: z.uuid(), projectIds: z.array(z.uuid()).max(1_000) }),
    request: ({ workspaceId, projectIds }) => ({
      function: 'order_projects',
      arguments: { workspace: workspaceId, projects: projectIds },
    }),
    thing: ({ workspaceId }) => `project order ${workspaceId}`,
    replaces: ({ workspaceId }) => `project order ${workspaceId}`,
    queries: () => [['workspaces', 'orders']],
    project: () => null,
  }),
  'profile.rename': declare({
    input: z.object({ displayName }),
    request: ({ displayName }) => ({
      function: 'rename_myself',
      arguments: { display_name: displayName },
    }),
    thing: () => 'profile',
    replaces: () => 'display name',
    queries: () => [['people', 'names']],
    project: () => null,
  }),
} as const

export type MutationName = keyof typeof mutations
export type MutationInput<Name extends MutationName> = z.infer<(typeof mutations)[Name]['input']>
export const mutationName = z.enum(Object.keys(mutations) as [MutationName, ...MutationName[]])

/** A name and an input that belong together. */
export type MutationCall = {
  [Name in MutationName]: { name: Name; input: MutationInput<Name> }
}[MutationName]

/** What is declared of one call; null: this version does not know it, or what it was called with. */
export const declared = (name: string, input: unknown) => {
  const known = mutationName.safeParse(name)
  if (!known.success) return null
  // The table ties each input to its name; one entry taken from it by a name of any does not say so.
  const declaration = mutations[known.data] as unknown as Declaration<unknown>
  const parsed = declaration.input.safeParse(input)
  if (!parsed.success) return null
  return {
    call: { name: known.data, input: parsed.data } as MutationCall,
    request: declaration.request(parsed.data),
    thing: declaration.thing(parsed.data),
    replaces: declaration.replaces?.(parsed.data) ?? null,
    queries: declaration.queries(parsed.data),
    project: declaration.project(parsed.data),
    files: declaration.files?.(parsed.data) ?? null,
    /** As JSON. */
    behind: (earlier: readonly Earlier[]): string =>
      JSON.stringify(declaration.behind?.(parsed.data, earlier) ?? parsed.data),
    anyway: (): string => JSON.stringify(declaration.anyway?.(parsed.data) ?? parsed.data),
  }
}
