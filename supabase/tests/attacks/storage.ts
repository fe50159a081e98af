import { type Attack, breaks, database, openPolicy, type Step, without, works } from './attack.ts'

/** Objects: names that are not what they look like, blobs that others trust, and the commit that speaks of them. */

const a = 'a'.repeat(64)
const b = 'b'.repeat(64)
const add = (bucket: string, name: string) =>
  `insert into storage.objects (bucket_id, name) values ('${bucket}', '${name}')`
const see = (bucket: string, name: string) =>
  `select from storage.objects where bucket_id = '${bucket}' and name = '${name}'`
/** As the specification had it: the first folder, whatever follows. */
const anyPath = without('private.path_id', "or name ~ '(^|/)\\.{1,2}(/|$)'")
const anyCase = without('private.path_id', "name !~ '^[0-9a-f]{8}", "name !~* '^[0-9a-f]{8}")
const cast = `create or replace function private.path_id(name text) returns uuid language sql immutable set search_path = '' as
  $f$ select split_part(name, '/', 1)::uuid $f$;`
const policy = (command: string, condition: string) =>
  `create policy hole on storage.objects for ${command} to authenticated ${command === 'insert' ? 'with check' : 'using'} (${condition});`

const names: Attack[] = [
  ...['{project}/../{b:project}/x', '{project}/./x', '{project}/x/..', '{project}/x/../../y'].map(
    (name): Attack => ({
      name: `storage: the name ${name}`,
      by: 'contributor',
      statement: add('project-files', name),
      hole: anyPath,
      control: { by: 'contributor', statement: add('project-files', '{project}/x/y') },
    }),
  ),
  {
    name: 'storage: a name in capitals',
    by: 'contributor',
    statement:
      "insert into storage.objects (bucket_id, name) values ('project-files', upper('{project}') || '/x')",
    hole: anyCase,
    control: { by: 'contributor', statement: add('project-files', '{project}/x') },
  },
  ...['tmp/x', '/{project}/x', '{project}', 'x{project}/x', '{project}.txt'].map(
    (name): Attack => ({
      name: `storage: the name ${name}`,
      by: 'contributor',
      statement: add('project-files', name),
      hole: `create or replace function private.path_id(name text) returns uuid language sql immutable set search_path = '' as
        $f$ select substring(name from '[0-9a-f]{8}-[0-9a-f-]{27}')::uuid $f$;
        ${name === 'tmp/x' ? policy('insert', 'true') : ''}`,
      control: { by: 'contributor', statement: add('project-files', '{project}/x') },
    }),
  ),
  {
    name: 'storage: one object of another name breaks everybody’s list',
    ...breaks('viewer', 'select from storage.objects'),
    before: [{ by: 'service', statement: add('project-files', 'tmp/x') }],
    hole: cast,
    control: works('viewer', 'select from storage.objects'),
  },
  {
    name: 'storage: a member lists the Global Workspace’s files',
    by: 'stranger',
    before: [
      database(
        "insert into storage.objects (bucket_id, name) values ('workspace-files', private.global_workspace_id() || '/logo')",
      ),
    ],
    statement: "select from storage.objects where bucket_id = 'workspace-files'",
    hole: policy(
      'select',
      "bucket_id = 'workspace-files' and private.path_id(name) = any (private.workspace_ids('project_creator'))",
    ),
    control: {
      by: 'creator',
      statement: "select from storage.objects where bucket_id = 'workspace-files'",
    },
  },
  {
    name: 'storage: a project_creator removes the workspace’s files',
    by: 'creator',
    statement:
      "delete from storage.objects where bucket_id = 'workspace-files' and name = '{workspace}/logo'",
    hole: policy(
      'delete',
      "bucket_id = 'workspace-files' and private.path_id(name) = any (private.workspace_ids('project_creator'))",
    ),
    control: {
      by: 'admin',
      statement:
        "delete from storage.objects where bucket_id = 'workspace-files' and name = '{workspace}/logo'",
    },
  },
  {
    name: 'storage: a viewer adds to the project’s files',
    by: 'viewer',
    statement: add('project-files', '{project}/x'),
    hole: policy(
      'insert',
      "bucket_id = 'project-files' and private.path_id(name) = any (private.project_ids('viewer'))",
    ),
    control: { by: 'contributor', statement: add('project-files', '{project}/x') },
  },
  {
    name: 'storage: a contributor moves a file into another tenant’s project',
    by: 'contributor',
    statement:
      "update storage.objects set name = '{b:project}/brief2' where bucket_id = 'project-files' and name = '{project}/brief'",
    hole: `create policy hole_read on storage.objects for select to authenticated using (true);
      create policy hole on storage.objects for update to authenticated using (true) with check (true);`,
    control: {
      by: 'contributor',
      statement:
        "update storage.objects set name = '{project}/brief2' where bucket_id = 'project-files' and name = '{project}/brief'",
    },
  },
]

const withdrawn: [string, Step][] = [
  [
    'private again',
    {
      by: 'manager',
      statement: "update public.artifacts set is_public = false where id = '{public artifact}'",
    },
  ],
  [
    'archived',
    {
      by: 'manager',
      statement: "update public.artifacts set status = 'archived' where id = '{public artifact}'",
    },
  ],
  ['deleted', { by: 'manager', statement: "select public.delete_artifact('{public artifact}')" }],
  [
    'of a deleted project',
    { by: 'project owner', statement: "select public.delete_project('{project}')" },
  ],
]
const published = [
  ['the bytes', 'storage.objects', see('artifact-files', `{public artifact}/${a}`)],
  [
    'a file',
    'public.artifact_files',
    "select id from public.artifact_files where id = '{public file}'",
  ],
  [
    'the artifact',
    'public.artifacts',
    "select id from public.artifacts where id = '{public artifact}'",
  ],
] as const
const publicOnly: Attack[] = [
  {
    name: 'storage: a private artifact’s blob, because a public one holds the same bytes',
    by: 'stranger',
    statement: see('artifact-files', `{artifact}/${a}`),
    hole: policy(
      'select',
      "exists (select from public.artifact_files f where f.sha256 = split_part(name, '/', 2) and f.is_public)",
    ),
    control: { by: 'stranger', statement: see('artifact-files', `{public artifact}/${a}`) },
  },
  {
    name: 'storage: a private artifact’s blob under the public one’s name',
    by: 'stranger',
    before: [database(add('artifact-files', `{artifact}/${b}`))],
    statement: see('artifact-files', `{artifact}/${b}`),
    hole: policy(
      'select',
      'exists (select from public.artifacts f where f.project_id in (select s.project_id from public.artifacts s where s.id = private.path_id(name) or s.is_public))',
    ),
    control: {
      by: 'viewer',
      before: [database(add('artifact-files', `{artifact}/${b}`))],
      statement: see('artifact-files', `{artifact}/${b}`),
    },
  },
  {
    name: 'storage: what a public artifact held once, and holds no more',
    by: 'stranger',
    before: [database(add('artifact-files', `{public artifact}/${b}`))],
    statement: see('artifact-files', `{public artifact}/${b}`),
    hole: policy(
      'select',
      'exists (select from public.artifacts f where f.id = private.path_id(name) and f.is_public)',
    ),
    control: {
      by: 'viewer',
      before: [database(add('artifact-files', `{public artifact}/${b}`))],
      statement: see('artifact-files', `{public artifact}/${b}`),
    },
  },
  ...(['stranger', 'anon'] as const).flatMap((by) =>
    withdrawn.flatMap(([what, step]) =>
      published.map(
        ([thing, table, statement]): Attack => ({
          name: `public: ${by} reads ${thing} of what is ${what}`,
          by,
          before: [step],
          statement,
          hole: openPolicy(table, 'select', by === 'anon' ? 'anon' : 'authenticated'),
          control: { by: 'stranger', statement },
        }),
      ),
    ),
  ),
]

/** Members read every blob under their artifact's id, so an id must not come to mean another's. */
const purged: Step[] = [
  { by: 'project owner', statement: "select public.delete_project('{project}')" },
  database(
    "update public.projects set deleted_at = now() - interval '99 days' where id = '{project}'",
  ),
  database('select private.purge_deleted()'),
]
const artifactOf = (project: string, id: string) =>
  `insert into public.artifacts (id, project_id, title, artifact_type) values ('{${id}}', '{${project}}', 'X', 'website')`
const takenOver: Attack[] = (
  [
    [
      'deleted',
      [{ by: 'manager', statement: "delete from public.artifacts where id = '{public artifact}'" }],
    ],
    ['purged with its project', purged],
  ] as [string, Step[]][]
).map(([what, before]) => ({
  name: `storage: the id of an artifact that was ${what}, for the blobs under it`,
  by: 'contributor',
  from: 'b',
  before,
  statement: artifactOf('b:project', 'public artifact'),
  hole: `truncate private.artifact_tombstones, private.storage_deletions;
    alter table public.artifacts disable trigger user; ${openPolicy('public.artifacts', 'insert')}`,
  control: { by: 'contributor', statement: artifactOf('project', 'new') },
}))

const upsert = (name: string, bucket = 'artifact-files') =>
  `insert into storage.objects (bucket_id, name, metadata) values ('${bucket}', '${name}', '{"size": 9}')
   on conflict (bucket_id, name) do update set metadata = excluded.metadata`
const blobs: Attack[] = [
  {
    name: 'storage: a blob is overwritten by an upsert',
    by: 'contributor',
    statement: upsert(`{artifact}/${a}`),
    hole: `${policy('update', "bucket_id = 'artifact-files'")}`,
    control: { by: 'contributor', statement: upsert('{project}/brief', 'project-files') },
  },
  {
    name: 'storage: a blob is overwritten',
    by: 'project owner',
    statement: `update storage.objects set metadata = '{"size": 9}' where bucket_id = 'artifact-files' and name like '{artifact}/%'`,
    hole: policy('update', "bucket_id = 'artifact-files'"),
    control: {
      by: 'project owner',
      statement: `update storage.objects set metadata = '{"size": 9}' where bucket_id = 'project-files' and name like '{project}/%'`,
    },
  },
  {
    name: 'storage: a blob is removed',
    by: 'project owner',
    statement:
      "delete from storage.objects where bucket_id = 'artifact-files' and name like '{artifact}/%'",
    hole: policy('delete', "bucket_id = 'artifact-files'"),
    control: {
      by: 'project owner',
      statement:
        "delete from storage.objects where bucket_id = 'project-files' and name like '{project}/%'",
    },
  },
  ...['evil.html', `${b}.html`, b.toUpperCase(), `sub/${b}`, b.slice(1)].map(
    (name): Attack => ({
      name: `storage: a blob under no hash (${name.length > 20 ? `${name.slice(0, 8)}… of ${name.length}` : name})`,
      by: 'contributor',
      statement: add('artifact-files', `{artifact}/${name}`),
      hole: policy('insert', "bucket_id = 'artifact-files'"),
      control: { by: 'contributor', statement: add('artifact-files', `{artifact}/${b}`) },
    }),
  ),
]

const commit = (artifact: string, change: object, expected: object = {}) =>
  `select public.commit_artifact_changes('{${artifact}}', '${JSON.stringify(expected)}', '${JSON.stringify([change])}')`
const put = (more: object = {}) => ({
  op: 'put',
  file_id: '{new}',
  path: 'b.txt',
  sha256: a,
  size: 1,
  ...more,
})
const honest: Step & { by: 'contributor' } = {
  by: 'contributor',
  statement: commit('artifact', put()),
}
const commits: Attack[] = [
  {
    name: 'commit: into another tenant’s artifact',
    by: 'contributor',
    from: 'b',
    statement: commit('artifact', put()),
    refusal: 'PT404',
    hole:
      without(
        'private.artifact_to_change',
        "(v_artifact.project_id = any (private.project_ids('viewer'))) is not true",
        'false',
      ) +
      without(
        'private.artifact_to_change',
        "if (v_artifact.project_id = any (private.project_ids('contributor'))) is not true then",
        'if false then',
      ),
    control: honest,
  },
  {
    name: 'commit: by a viewer',
    by: 'viewer',
    statement: commit('artifact', put()),
    hole: without(
      'private.artifact_to_change',
      "if (v_artifact.project_id = any (private.project_ids('contributor'))) is not true then",
      'if false then',
    ),
    control: honest,
  },
  {
    name: 'commit: another tenant’s file as one’s own',
    by: 'contributor',
    from: 'b',
    statement: commit('b:artifact', put({ file_id: '{file}' }), { '{file}': 1 }),
    refusal: '22023',
    hole: without(
      'private.judged_changes',
      "when f.artifact_id <> judged_changes.artifact then 'foreign'",
    ),
    control: {
      by: 'contributor',
      statement: commit('artifact', put({ file_id: '{file}' }), { '{file}': 1 }),
    },
  },
  {
    name: 'commit: of bytes that are not there',
    by: 'contributor',
    statement: commit('artifact', put({ sha256: b })),
    refusal: 'PT409',
    hole: without('private.judged_changes', "then 'no-bytes'", 'then null'),
    control: honest,
  },
  {
    name: 'commit: of bytes that are in another artifact alone',
    by: 'contributor',
    before: [
      database(
        `insert into storage.objects (bucket_id, name, metadata) values ('artifact-files', '{b:artifact}/${b}', '{"size": 1}')`,
      ),
    ],
    statement: commit('artifact', put({ sha256: b })),
    refusal: 'PT409',
    hole: without(
      'private.judged_changes',
      "o.name = judged_changes.artifact::text || '/' || c.sha256",
      "o.name like '%/' || c.sha256",
    ),
    control: honest,
  },
  {
    name: 'commit: of another size than the bytes have',
    by: 'contributor',
    statement: commit('artifact', put({ size: 5 })),
    refusal: 'PT409',
    hole: without('private.judged_changes', "and (o.metadata ->> 'size')::bigint = c.size"),
    control: honest,
  },
  {
    name: 'commit: of bytes that are being removed',
    by: 'contributor',
    before: [database(`insert into private.blobs_being_removed (name) values ('{artifact}/${a}')`)],
    statement: commit('artifact', put()),
    refusal: 'PT409',
    hole: without(
      'private.judged_changes',
      'and not exists (select from private.blobs_being_removed l where l.name = o.name)',
    ),
    control: honest,
  },
  ...['../x', '/etc/passwd', 'a/../b', 'a//b', 'a\\\\b', 'a\\nb', 'c/.'].map(
    (path): Attack => ({
      name: `commit: the path ${path}`,
      by: 'contributor',
      statement: commit('artifact', { ...put(), path: 'PATH' }).replace('PATH', path),
      refusal: '23514',
      hole: 'alter table public.artifact_files drop constraint artifact_files_file_path_check;',
      control: honest,
    }),
  ),
]

export const storage: Attack[] = [...names, ...publicOnly, ...takenOver, ...blobs, ...commits]
