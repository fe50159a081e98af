import type { Sql } from 'postgres'

/**
 * What rows alone do not bring back: a restore without it looks whole and is not, and one with more than it lets
 * somebody in. A kind is missing where the platform has nothing of it (jobs without pg_cron). Owners and grantors
 * are left out: they are the platform's, and another one has others.
 */
const ours = "n.nspname in ('public', 'private')"
const tables = `pg_class c join pg_namespace n on n.oid = c.relnamespace and ${ours}`
/** Months of the log are each installation's own: of them only what one lacks is said. */
const months = `pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'audit'`
const grantee = `case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee)::text end`

const kinds: Record<string, string> = {
  columns: `
    select format('%I.%I.%I %s%s%s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then ' not null' end,
      ' ' || case when a.attgenerated = '' then 'default ' else 'generated ' end || pg_get_expr(d.adbin, d.adrelid)) as line
    from ${tables} join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition`,
  types: `
    select format('%I.%I %s', n.nspname, t.typname, string_agg(e.enumlabel, ', ' order by e.enumsortorder)) as line
    from pg_type t join pg_namespace n on n.oid = t.typnamespace and ${ours} join pg_enum e on e.enumtypid = t.oid
    group by n.nspname, t.typname`,
  constraints: `
    select format('%I.%I %I %s', n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid)) as line
    from ${tables} join pg_constraint k on k.conrelid = c.oid and k.contype in ('c', 'f', 'p', 'u', 'x')
    where not c.relispartition`,
  indexes: `
    select pg_get_indexdef(i.indexrelid) || case when i.indisvalid then '' else ' (invalid)' end as line
    from ${tables} join pg_index i on i.indrelid = c.oid where not c.relispartition`,
  'row-level security': `
    select format('%I.%I %s%s', n.nspname, c.relname, case when c.relrowsecurity then 'on' else 'off' end,
      case when c.relforcerowsecurity then ', forced' end) as line
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and (${ours} and not c.relispartition
      or (n.nspname, c.relname) in (('storage', 'objects'), ('storage', 'buckets'), ('realtime', 'messages')))
    union all select format('audit.%I off', c.relname) from ${months} where c.relkind = 'r' and not c.relrowsecurity`,
  policies: `
    select format('%s.%s %s %s for %s to %s using (%s) with check (%s)', schemaname, tablename, policyname,
      lower(permissive), lower(cmd), array_to_string(roles, ', '), qual, with_check) as line
    from pg_policies where schemaname in ('public', 'private', 'audit', 'storage', 'realtime')`,
  grants: `
    select format('table %I.%I: %s to %s', n.nspname, c.relname, lower(a.privilege_type), ${grantee}) as line
    from ${tables} cross join lateral aclexplode(c.relacl) a
    where c.relkind in ('r', 'p', 'v', 'm', 'S') and not c.relispartition and a.grantee <> c.relowner
    union all
    select format('column %I.%I.%I: %s to %s', n.nspname, c.relname, t.attname, lower(a.privilege_type), ${grantee})
    from ${tables} join pg_attribute t on t.attrelid = c.oid and not t.attisdropped cross join lateral aclexplode(t.attacl) a
    where not c.relispartition and a.grantee <> c.relowner
    union all
    select format('function %s: %s to %s', p.oid::regprocedure, lower(a.privilege_type), ${grantee})
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace and ${ours}
      cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    where a.grantee <> p.proowner and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    union all
    select format('schema %I: %s to %s', n.nspname, lower(a.privilege_type), ${grantee})
    from pg_namespace n cross join lateral aclexplode(n.nspacl) a
    where n.nspname in ('public', 'private', 'audit') and a.grantee <> n.nspowner
      and (n.nspname <> 'public' or a.grantee in (0, to_regrole('anon')::oid, to_regrole('authenticated')::oid, to_regrole('service_role')::oid))
    union all
    select format('table audit.%I: %s to %s', c.relname, lower(a.privilege_type), ${grantee})
    from ${months} cross join lateral aclexplode(c.relacl) a where a.grantee <> c.relowner`,
  'rights of roles': `
    select format('%I%s%s', rolname, case when rolsuper then ', superuser' end,
      case when rolbypassrls then ', passes row-level security by' end) as line
    from pg_roles where rolname in ('anon', 'authenticated', 'service_role')`,
  triggers: `
    select pg_get_triggerdef(t.oid) || case t.tgenabled when 'O' then '' else ' (' || t.tgenabled::text || ')' end as line
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where not t.tgisinternal and n.nspname in ('public', 'private', 'auth') and not c.relispartition
    union all
    select format('audit.%I is not guarded by %s', c.relname, g.name)
    from ${months} cross join (values ('append_only'), ('no_truncate')) g (name)
    where c.relkind = 'r' and not exists (
      select from pg_trigger t where t.tgrelid = c.oid and t.tgname = g.name and t.tgenabled = 'O')`,
  publications: `
    select format('%s %s.%s', pubname, schemaname, tablename) as line
    from pg_publication_tables where schemaname in ('public', 'private')`,
  functions: `
    select format('%s returns %s, %s%s, %s, %s, %s', p.oid::regprocedure, pg_get_function_result(p.oid), l.lanname,
      case when p.prosecdef then ', security definer' end,
      case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
      array_to_string(p.proconfig, '; '), md5(p.prosrc)) as line
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace and ${ours} join pg_language l on l.oid = p.prolang
    where not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`,
}

const jobs = `select format('%s at %s: %s%s', jobname, schedule, command, case when not active then ' (off)' end) as line
  from cron.job where jobname like 'atelier %'`

export type Catalogue = Record<string, string[]>

export const catalogueOf = async (sql: Sql): Promise<Catalogue> => {
  const [cron] = await sql<{ is: boolean }[]>`select to_regclass('cron.job') is not null as is`
  const catalogue: Catalogue = {}
  for (const [kind, query] of Object.entries({ ...kinds, ...(cron?.is ? { jobs } : {}) })) {
    const rows = await sql.unsafe<{ line: string }[]>(
      `select line from (${query}) x order by line collate "C"`,
    )
    catalogue[kind] = rows.map(({ line }) => line)
  }
  return catalogue
}

/** Both ways: what is missing, and what is there that the backup had not. */
export const catalogueDifferences = (was: Catalogue, is: Catalogue): string[] =>
  Object.entries(was).flatMap(([kind, lines]) => {
    const now = is[kind]
    if (!now)
      return lines.length
        ? [
            `${kind}: this platform has none, so the procedure private.run_due_jobs() must be called every five minutes`,
          ]
        : []
    const [before, after] = [new Set(lines), new Set(now)]
    return [
      ...lines.filter((line) => !after.has(line)).map((line) => `${kind}: ${line} is missing`),
      ...now
        .filter((line) => !before.has(line))
        .map((line) => `${kind}: ${line} is more than was there`),
    ]
  })
