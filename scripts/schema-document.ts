import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { servers, startDatabase } from '../tests/database/server.ts'
import { root } from './run.ts'

/* Writes docs/schema.md from the catalogue of a database that the migrations made. */

export const schemaFile = join(root, 'docs/schema.md')

const cell = (text: string | null): string => (text ?? '').replaceAll('|', '\\|')

const diagram = async (sql: Sql): Promise<string> => {
  const keys = await sql<{ child: string; parent: string; columns: string }[]>`
    select distinct c.conrelid::regclass::text as child, c.confrelid::regclass::text as parent,
      (select string_agg(a.attname, ', ' order by k.n) from unnest(c.conkey) with ordinality k (attnum, n)
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum) as columns
    from pg_constraint c join pg_class t on t.oid = c.conrelid
    where c.contype = 'f' and t.relnamespace = 'public'::regnamespace
      and c.confrelid::regclass::text not in ('users', 'public.users', 'auth.users')
    order by 1, 2, 3`
  const lines = keys.map(
    ({ child, parent, columns }) =>
      `  ${parent.replaceAll('.', '_')} ||--o{ ${child.replaceAll('.', '_')} : "${columns}"`,
  )
  return ['```mermaid', 'erDiagram', ...lines, '```'].join('\n')
}

export const generateDocument = async (): Promise<string> => {
  const database = await startDatabase(servers[0], 'superuser')
  try {
    const { sql } = database
    const tables = await sql<
      { schema: string; name: string; says: string | null; columns: string }[]
    >`
      select n.nspname as schema, c.relname as name, obj_description(c.oid) as says,
        (select string_agg(a.attname, ', ' order by a.attnum) from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'private') and c.relkind in ('r', 'p') order by 1 desc, 2`
    const columns = await sql<{ name: string; says: string }[]>`
      select c.relname || '.' || a.attname as name, d.description as says
      from pg_description d join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass
        join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid
      where d.objsubid > 0 and c.relnamespace = 'public'::regnamespace order by 1`
    const functions = await sql<{ name: string; says: string | null; people: boolean }[]>`
      select p.proname || '(' || pg_get_function_arguments(p.oid) || ')' as name, obj_description(p.oid) as says,
        has_function_privilege('authenticated', p.oid, 'execute') as people
      from pg_proc p where p.pronamespace = 'public'::regnamespace order by 1`
    return [
      '# The schema',
      '',
      'Generated from the migrations by `node scripts/schema-document.ts`; the last part is `schema-departures.md`. Not edited by hand.',
      '',
      'Keys to `users` are left out of the picture: nearly every table has one.',
      '',
      await diagram(sql),
      '',
      '## Tables',
      '',
      '| table | what it holds | columns |',
      '|---|---|---|',
      ...tables.map(
        ({ schema, name, says, columns: list }) =>
          `| \`${schema === 'public' ? '' : `${schema}.`}${name}\` | ${cell(says)} | ${cell(list)} |`,
      ),
      '',
      '## Columns that need a word',
      '',
      '| column | what it is |',
      '|---|---|',
      ...columns.map(({ name, says }) => `| \`${name}\` | ${cell(says)} |`),
      '',
      '## Functions',
      '',
      '| function | what it does | for |',
      '|---|---|---|',
      ...functions.map(
        ({ name, says, people }) =>
          `| \`${cell(name)}\` | ${cell(says)} | ${people ? 'people' : 'services'} |`,
      ),
      '',
      await readFile(join(root, 'docs/schema-departures.md'), 'utf8'),
    ].join('\n')
  } finally {
    await database.stop()
  }
}

if (import.meta.main) {
  await writeFile(schemaFile, await generateDocument())
  console.log('docs/schema.md written')
}
