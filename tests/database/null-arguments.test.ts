import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectFile } from '../../electron/backend/project-files.ts'
import { filled, idOf } from '../../supabase/tests/matrix.ts'
import { servers, startDatabase, type TestDatabase } from './server.ts'

/**
 * `not x = any (…)` is null where x is, and an `if` passes it by. Whoever owns nothing does not see the hole: every
 * function of the catalogue is called with null by people who own something.
 */
const sources = `
  select p.oid::regprocedure::text as name, p.prosrc as source from pg_proc p
  where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)`
/** What answers true or false whatever it is asked, or what PostgreSQL says of null itself. */
const neverNull =
  /^(exists|in|null|distinct|true|false|like|between|found|private\.(is_active_user|is_super|acts_as_super|may_consent|is_still_meant)\(|v_is_anonymous|v_token\.has_refresh_token)/i

/** Conditions of a function that are negations of what may be null. */
const nullableNegations = (source: string, columns: ReadonlySet<string> = new Set()): string[] => {
  const plain = source.replace(/--.*$/gm, '').replace(/'(?:[^']|'')*'/g, "''")
  return [...plain.matchAll(/\b(?:els)?if\b([\s\S]*?)\bthen\b/gi)].flatMap(([, condition]) =>
    [...condition!.matchAll(/\bnot\s+(\S.*)/gi)]
      .map(([, rest]) => rest!.trim())
      .filter((rest) => !neverNull.test(rest) && !columns.has(/^\w+\.(\w+)/.exec(rest)?.[1] ?? '')),
  )
}

it('the lint finds what it is for', () => {
  const found = (condition: string) => nullableNegations(`if ${condition} then`).length > 0
  expect(found("not workspace = any (private.workspace_ids('admin'))")).toBe(true)
  expect(found('not (a = b or c = any (d))')).toBe(true)
  expect(found("(workspace = any (private.workspace_ids('admin'))) is not true")).toBe(false)
  expect(found('not exists (select 1) or x is not null')).toBe(false)
})

describe.each(servers)('$name', (server) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await startDatabase(server, 'superuser')
    const fixture = await readFile(projectFile('supabase/tests/fixture.sql'), 'utf8')
    const [helpers, tenant] = fixture.split('-- For each tenant.\n')
    await db.sql.unsafe(`${helpers}; ${filled(tenant!, 'a')}; ${filled(tenant!, 'b')}`).simple()
  })
  afterAll(() => db?.stop())

  it('no condition of a function negates what may be null', async () => {
    const rows = await db.sql.unsafe<{ name: string; source: string }[]>(sources)
    expect(rows.length).toBeGreaterThan(100)
    // Yes or no, in every table that has a column of the name.
    const never = await db.sql<{ name: string }[]>`
      select a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
      where a.atttypid = 'boolean'::regtype and a.attnum > 0 and c.relkind in ('r', 'p') and (a.attrelid = 'pg_publication'::regclass
        or c.relnamespace in ('public'::regnamespace, 'private'::regnamespace))
      group by 1 having bool_and(a.attnotnull)`
    const columns = new Set(never.map(({ name }) => name))
    expect(
      rows.flatMap(({ name, source }) =>
        nullableNegations(source, columns).map((rest) => `${name}: not ${rest}`),
      ),
    ).toEqual([])
  })

  /** All that speaks of tenant B, or of nobody in particular, in every table. */
  const theirs = filled("'{b:workspace}|{b:project}|{b:workspace owner}|{b:contributor}'", 'a')
  const world = async (sql: TestDatabase['sql']) => {
    const tables = await sql<{ name: string }[]>`
      select c.oid::regclass::text as name from pg_class c
      where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p')
        and c.relname <> 'supplied_keys' order by 1`
    const parts = tables.map(
      ({ name }) =>
        `select '${name}' as name, md5(coalesce(string_agg(t::text, '' order by t::text), '')) as digest
         from (select to_jsonb(t)::text as t from ${name} t) t where t ~ ${theirs}`,
    )
    return sql.unsafe(parts.join(' union all '))
  }

  /** What is said for the other arguments, by their types and names. */
  const sample = (name: string, type: string): string =>
    filled(
      (
        { workspace: "'{workspace}'", scope_id: "'{workspace}'", project: "'{project}'" } as Record<
          string,
          string
        >
      )[name] ??
        (
          { chat: "'{chat}'", artifact: "'{artifact}'", artifact_id: "'{artifact}'" } as Record<
            string,
            string
          >
        )[name] ??
        (
          { connection: "'{oauth2}'", secret: "'{secret}'", domain_id: "'{domain}'" } as Record<
            string,
            string
          >
        )[name] ??
        (
          { scope: "'workspace'", role: "'project_creator'", usage_type: "'chat'" } as Record<
            string,
            string
          >
        )[name] ??
        ({ plan: "'pro'", outcome: "'open'", kind: "'api'" } as Record<string, string>)[name] ??
        (
          { subscription_status: "'active'", payment_status: "'completed'" } as Record<
            string,
            string
          >
        )[name] ??
        (
          {
            uuid: "'{admin}'",
            text: "'some'",
            boolean: 'true',
            integer: '1',
            bigint: '1',
            numeric: '1',
            date: 'now()::date',
            interval: "interval '7 days'",
            jsonb: "'{}'::jsonb",
            'text[]': "'{}'::text[]",
            'uuid[]': "'{}'::uuid[]",
            xid8: "'1'::xid8",
            'timestamp with time zone': "now() + interval '1 month'",
            user_status: "'active'::public.user_status",
          } as Record<string, string>
        )[type] ??
        'null',
      'a',
    )
  /** For whom null is no place but "any", "nobody" or "unknown": what such a call does is tested by itself. */
  const nullIsAnswered: Record<string, string> = {
    'consume_tokens.chat': 'in no chat',
    'reserve_tokens.chat': 'in no chat',
    'begin_oauth2_refresh_for_service.person': 'the connection’s own consent',
    'end_oauth2_refresh_for_service.connection': 'no lease was given back',
    'end_oauth2_refresh_for_service.person': 'no lease was given back',
    'end_oauth2_refresh_for_service.lease': 'no lease was given back',
  }

  it('every function is called with null for each argument, by who owns something: refused, or nobody else’s world changes', async () => {
    const functions = await db.sql<
      { name: string; names: string[]; types: string[]; required: number; people: boolean }[]
    >`
      select p.proname as name, coalesce(p.proargnames[1:p.pronargs], '{}') as names, p.pronargs - p.pronargdefaults as required,
        array(select format_type(t, null) from unnest(p.proargtypes) with ordinality x (t, n) order by n) as types,
        has_function_privilege('authenticated', p.oid, 'execute') as people
      from pg_proc p where p.pronamespace = 'public'::regnamespace and p.pronargs > 0 order by 1`
    expect(functions.length).toBeGreaterThan(35)
    const passed: string[] = []
    let calls = 0
    const before = await world(db.sql)
    for (const { name, names, types, required, people } of functions) {
      const nulls = [names.map((_, at) => at), ...names.map((_, at) => [at])]
      for (const nulled of nulls) {
        const args = names.map((argument, at) =>
          nulled.includes(at) ? `null::${types[at]}` : sample(argument, types[at]!),
        )
        for (const by of people
          ? (['workspace owner', 'project owner', 'super'] as const)
          : (['service'] as const)) {
          calls += 1
          const call = `select to_jsonb(x)::text from public.${name}(${args.join(', ')}) x`
          const came = await db.sql
            .begin(async (sql) => {
              const role = by === 'service' ? 'service_role' : 'authenticated'
              const claims = {
                role,
                aal: 'aal2',
                ...(by === 'service' ? {} : { sub: idOf('a', by) }),
              }
              await sql`select set_config('role', ${role}, true), set_config('request.jwt.claims', ${JSON.stringify(claims)}, true)`
              const rows = await sql.unsafe(call)
              await sql`select set_config('role', 'none', true)`
              // Services are trusted with every tenant; people are not.
              if (people && by !== 'super') {
                expect(JSON.stringify(rows), call).not.toMatch(
                  new RegExp(theirs.replaceAll("'", '')),
                )
                expect(
                  await world(sql as unknown as TestDatabase['sql']),
                  `${by}: ${call}`,
                ).toEqual(before)
              }
              throw new Error('thrown away')
            })
            .catch((error: Error & { code?: string }) =>
              error.message === 'thrown away' || !error.code ? error : error.code,
            )
          if (came instanceof Error && came.message !== 'thrown away') throw came
          // An id that must be given says where: without one there is no place, and so no answer.
          const places = nulled.filter((at) => types[at] === 'uuid' && at < required)
          if (came instanceof Error)
            for (const at of places)
              if (!nullIsAnswered[`${name}.${names[at]}`])
                passed.push(`${by}: ${name}.${names[at]}`)
        }
      }
    }
    expect(calls).toBeGreaterThan(250)
    expect([...new Set(passed)]).toEqual([])
  })

  it('its hole: a guard that null passes by changes somebody else’s world', async () => {
    const before = await world(db.sql)
    await db.sql
      .begin(async (sql) => {
        await sql`select tests.rewrite('public.refresh_stats', ' is not true then', ' is false then')`
        const claims = JSON.stringify({ role: 'authenticated', sub: idOf('a', 'workspace owner') })
        await sql`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true)`
        await sql`select public.refresh_stats(null)`
        await sql`select set_config('role', 'none', true)`
        expect(await world(sql as unknown as TestDatabase['sql'])).not.toEqual(before)
        throw new Error('thrown away')
      })
      .catch((error: Error) => {
        if (error.message !== 'thrown away') throw error
      })
  })

  it('its rightful twin: with a place, owners go on doing these things', async () => {
    const owner = idOf('a', 'workspace owner')
    await db.sql`update public.workspace_stats set created_at = now() - interval '1 hour'`
    for (const call of [
      "public.refresh_stats('{workspace}')",
      "public.workspace_directory('{workspace}')",
      "public.company_email_domains('{workspace}')",
      "public.claim_domain('{workspace}', 'twin.example')",
      "public.create_invitation('workspace', '{workspace}', 'a@b.example', 'admin')",
      "public.create_project('{workspace}', 'P')",
    ])
      await db.as(owner, (sql) => sql.unsafe(`select ${filled(call, 'a')}`))
  })
})
