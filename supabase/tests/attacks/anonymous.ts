import { relations } from '../matrix.ts'
import { type Attack, type Control, grant, openPolicy, relationOf, rightful } from './attack.ts'

/** What nobody signed in may see and do. */

/** What anon may not see of the two tables it may read; the tests ask the catalogue whether all are here. */
export const hiddenFromAnyone: Record<string, string> = {
  artifacts:
    'project_id chat_id progress metadata revision changed_xid created_at created_by deleted_at search',
  artifact_files:
    'project_id folded_path sha256 metadata revision changed_xid created_at created_by updated_by deleted_at is_executable is_owner_only modified_at',
}
export const anonymous: Attack[] = [
  ...Object.entries(hiddenFromAnyone).flatMap(([table, names]) =>
    names.split(' ').map(
      (name): Attack => ({
        name: `anon reads ${table}.${name}`,
        by: 'anon',
        statement: `select ${name} from public.${table}`,
        hole: grant(`select (${name}) on public.${table}`, 'anon'),
        control: {
          by: 'viewer',
          statement:
            name === 'metadata' && table === 'artifacts'
              ? "select public.artifact_metadata('{artifact}')"
              : `select ${name} from public.${table}`,
        },
      }),
    ),
  ),
  ...relations
    .filter(({ select }) => /from public\./.test(select))
    .filter(({ cells }) => cells.startsWith('-'))
    .map((relation): Attack => {
      const control = rightful(relation, 'select')
      const table = /from (public\.\w+)/.exec(relation.select)?.[1]
      if (!control || !table) throw new Error(`Nobody reads ${relation.name}.`)
      return {
        name: `anon reads ${relation.name}`,
        by: 'anon',
        statement: relation.select,
        hole: openPolicy(table, 'select', 'anon'),
        control,
      }
    }),
  ...[
    'artifacts, public',
    'artifact_files of a public artifact',
    'storage: artifact-files, public',
  ].flatMap((name) =>
    (['insert', 'update', 'delete'] as const).map((command): Attack => {
      const relation = relationOf(name)
      const table = /from ((?:public|storage)\.\w+)/.exec(relation.select)?.[1] ?? ''
      const commit: Control = {
        by: 'contributor',
        statement: `select public.commit_artifact_changes('{public artifact}', '{"{public file}": 1}', '[{"op":"remove","file_id":"{public file}"}]')`,
      }
      return {
        name: `anon: ${command} ${name}`,
        by: 'anon',
        statement: relation[command],
        hole: openPolicy(table, command, 'anon'),
        control: rightful(relation, command) ?? commit,
      }
    }),
  ),
]
