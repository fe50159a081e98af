import { z } from 'zod'

/*
 * Everything that is written to rows of the server, by name. A name stays for good: what was queued by one version is
 * sent by a later one. Each is one function of the server, which takes `mutation`, the id, and does it once.
 */

/** JSON, as it goes over the wire. */
type Arguments = { [name: string]: string | number | boolean | null | string[] }

type QueryKey = readonly [area: string, ...what: string[]]

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

export const mutations = {
  'artifacts.rename': declare({
    input: artifact.extend({ title: z.string().trim().min(1).max(300) }),
    request: ({ artifactId, title }) => ({
      function: 'rename_artifact',
      arguments: { artifact: artifactId, title },
    }),
    thing: ofArtifact,
    replaces: ({ artifactId }) => `title ${artifactId}`,
    queries: ({ projectId }) => [
      ['artifacts', 'list', projectId],
      ['artifacts', 'search'],
      ['artifacts', 'conflicts'],
    ],
    project: ({ projectId }) => projectId,
  }),
  /** All files as they were after `revision`; refused when the artifact is no more at `newest`. */
  'artifacts.restore': declare({
    input: artifact.extend({ revision, newest: revision }),
    request: ({ artifactId, revision, newest }) => ({
      function: 'restore_artifact_revision',
      arguments: { artifact: artifactId, revision, newest },
    }),
    thing: ofArtifact,
    replaces: null,
    queries: restored,
    project: ({ projectId }) => projectId,
  }),
  /** One file as `revision` had it, under the name of then; refused when the file is no more at `newest`. */
  'artifacts.restoreFile': declare({
    input: artifact.extend({
      fileId: z.uuid(),
      revision,
      newest: revision,
      mediaType: z.string().min(1).max(255),
    }),
    request: ({ artifactId, fileId, revision, newest, mediaType }) => ({
      function: 'restore_file_revision',
      arguments: { artifact: artifactId, file: fileId, revision, newest, media_type: mediaType },
    }),
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
    input: z.object({ displayName: z.string().trim().min(1).max(120) }),
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
  }
}
