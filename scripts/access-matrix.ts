import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Actor,
  actors,
  anonymousColumns,
  columns,
  filled,
  idOf,
  relations,
  roleOf,
} from '../supabase/tests/matrix.ts'
import { root } from './run.ts'

/* Writes supabase/tests/01_access_matrix.sql from matrix.ts and fixture.sql. */

export const matrixFile = join(root, 'supabase/tests/01_access_matrix.sql')

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
const personOf = (actor: Actor): string | null =>
  actor === 'anon' || actor === 'service' ? null : idOf('a', actor)

const commands = [
  ['S', 'select'],
  ['I', 'insert'],
  ['U', 'update'],
  ['D', 'delete'],
] as const

const cell = (
  actor: Actor,
  tenant: 'a' | 'b',
  statement: string,
  allowed: boolean,
  title: string,
) => {
  const person = personOf(actor)
  const text = filled(statement, tenant, person ?? idOf('a', 'stranger')).replace(/\s+/g, ' ')
  return `select is(tests.attempt('${roleOf(actor)}', ${person ? `'${person}'` : 'null'}, ${quoted(text)}), '${allowed ? 'allowed' : 'refused'}', ${quoted(title)});`
}

const cells = relations.flatMap((relation) => {
  const words = relation.cells.split(/\s+/)
  if (words.length !== actors.length) throw new Error(`${relation.name}: ${words.length} cells`)
  return actors.flatMap((actor, place) =>
    commands.map(([letter, command]) =>
      cell(
        actor,
        'a',
        relation[command],
        (words[place] ?? '').includes(letter),
        `${actor} ${command} ${relation.name}`,
      ),
    ),
  )
})

/** Nobody of one tenant reaches a row of another; what is published is everybody's to read. */
const foreign = relations.flatMap((relation) =>
  actors
    .filter((actor) => !['anon', 'super', 'service'].includes(actor))
    .flatMap((actor) =>
      commands.map(([letter, command]) =>
        cell(
          actor,
          'b',
          relation[command],
          letter === 'S' && relation.cells.startsWith('S'),
          `${actor} ${command} the other tenant’s ${relation.name}`,
        ),
      ),
    ),
)

/** The one request for one's places shows what a look at them would. */
const places = (['workspace', 'project'] as const).flatMap((place) => {
  const table = `${place}s`
  const words = relations.find(({ name }) => name === table)?.cells.split(/\s+/) ?? []
  const statement = `select 1 from jsonb_array_elements(public.my_places() -> '${table}') e where e ->> 'id' = '{${place}}'`
  return actors.flatMap((actor, at) =>
    (['a', 'b'] as const)
      .filter((tenant) => tenant === 'a' || !['super', 'service'].includes(actor))
      .map((tenant) => {
        const isShown = tenant === 'a' && (words[at] ?? '').includes('S')
        return cell(
          actor,
          tenant,
          statement,
          isShown,
          `${actor} is told of ${tenant === 'a' ? table : `the other tenant’s ${table}`}`,
        )
      }),
  )
})

/** Granted columns, exactly: what is not listed is not granted. */
const columnChecks = [
  ...Object.entries(columns).flatMap(([table, { select, insert = '', update = '' }]) =>
    (
      [
        ['select', select],
        ['insert', insert],
        ['update', update],
      ] as const
    ).map(
      ([privilege, list]) =>
        `select is(tests.granted('authenticated', '${table}', '${privilege}'), ${
          list === '*'
            ? `tests.all_columns('${table}')`
            : `array[${list.split(' ').filter(Boolean).sort().map(quoted).join(', ')}]::text[]`
        }, 'authenticated may ${privilege} these columns of ${table}');`,
    ),
  ),
  ...Object.keys(columns).map(
    (table) =>
      `select is(tests.granted('anon', '${table}', 'select'), array[${(
        anonymousColumns[table] ?? ''
      )
        .split(' ')
        .filter(Boolean)
        .sort()
        .map(quoted)
        .join(', ')}]::text[], 'anon may select these columns of ${table}');`,
  ),
  ...['insert', 'update', 'delete', 'truncate'].map(
    (privilege) =>
      `select is_empty($$select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_table_privilege('anon', c.oid, '${privilege}')$$, 'anon may ${privilege} nothing');`,
  ),
  `select is_empty($$select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_table_privilege('authenticated', c.oid, 'truncate')$$, 'nobody may truncate');`,
  `select is_empty($$select c.oid::regclass from pg_class c where c.relnamespace in ('private'::regnamespace, 'audit'::regnamespace) and c.relkind in ('r', 'p') and (has_any_column_privilege('anon', c.oid, 'select, insert, update') or has_any_column_privilege('authenticated', c.oid, 'select, insert, update') or has_any_column_privilege('service_role', c.oid, 'select, insert, update'))$$, 'no client role reaches a private table');`,
  `select is_empty($$select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity$$, 'every table has row-level security');`,
  `select is_empty($$select policyname from pg_policies where schemaname = 'public' and (cmd = 'ALL' or roles && array['public']::name[])$$, 'one policy a command, and none for everyone');`,
]

export const generateMatrix = async (): Promise<string> => {
  const fixture = await readFile(join(root, 'supabase/tests/fixture.sql'), 'utf8')
  const [helpers, tenant] = fixture.split('-- For each tenant.\n')
  if (!helpers || !tenant) throw new Error('fixture.sql has two parts.')
  const checks = [...cells, ...foreign, ...places, ...columnChecks]
  return [
    '-- Generated from matrix.ts and fixture.sql by `node scripts/access-matrix.ts`. Not edited by hand.',
    'begin;',
    'set local search_path = public, extensions;',
    helpers,
    filled(tenant, 'a'),
    filled(tenant, 'b'),
    `select plan(${checks.length});`,
    ...checks,
    'select * from finish();',
    'rollback;',
    '',
  ].join('\n')
}

if (import.meta.main) {
  await writeFile(matrixFile, await generateMatrix())
  console.log(
    `${cells.length} cells, ${foreign.length} of the other tenant, ${columnChecks.length} column checks`,
  )
}
