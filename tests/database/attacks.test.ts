import { readFile } from 'node:fs/promises'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectFile } from '../../electron/backend/project-files.ts'
import { hiddenFromAnyone } from '../../supabase/tests/attacks/anonymous.ts'
import type { Attack, By, Step } from '../../supabase/tests/attacks/attack.ts'
import { attackedFunctions } from '../../supabase/tests/attacks/functions.ts'
import { groups } from '../../supabase/tests/attacks/index.ts'
import { attackedTables } from '../../supabase/tests/attacks/private-tables.ts'
import { anonymousColumns, filled, idOf } from '../../supabase/tests/matrix.ts'
import { servers, startDatabase, type TestDatabase } from './server.ts'

const attacks = Object.values(groups).flat()

it('each has a name of its own, and every group is there', () => {
  expect(attacks.length).toBeGreaterThanOrEqual(800)
  expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length)
  expect(Object.keys(groups)).toHaveLength(15)
})

const roleOf = (by: By): string =>
  ({
    anon: 'anon',
    service: 'service_role',
    'auth server': 'supabase_auth_admin',
    database: 'none',
  })[by as string] ?? 'authenticated'
const personOf = ({ by, from }: Step): string | null =>
  ['anon', 'service', 'auth server', 'database'].includes(by) ? null : idOf(from ?? 'a', by)

describe.each(servers)('$name', (server) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await startDatabase(server, 'superuser')
    const fixture = await readFile(projectFile('supabase/tests/fixture.sql'), 'utf8')
    const [helpers, tenant] = fixture.split('-- For each tenant.\n')
    await db.sql.unsafe(`${helpers}; ${filled(tenant!, 'a')}; ${filled(tenant!, 'b')}`).simple()
  })
  afterAll(() => db?.stop())

  const given = (step: Step) => {
    const person = personOf(step)
    return [
      roleOf(step.by),
      person,
      filled(step.statement, 'a', person ?? ''),
      step.claims ?? {},
    ] as const
  }
  /** Does all but the last, which must each reach something, and answers what came of the last. */
  const outcome = async (sql: Sql, before: Step[], last: Step): Promise<string> => {
    for (const step of before) {
      const [role, person, statement, claims] = given(step)
      const [row] =
        await sql`select tests.act(${role}, ${person}, ${statement}, ${sql.json(claims as never)}) as reached`
      if (Number(row!.reached) === 0) throw new Error(`Reached nothing: ${statement}`)
    }
    const [role, person, statement, claims] = given(last)
    const [row] =
      await sql`select tests.outcome(${role}, ${person}, ${statement}, ${sql.json(claims as never)}) as outcome`
    return row!.outcome as string
  }
  /** The transaction is the throw-away database: the hole is in it alone, and goes with it. */
  const thrownAway = async <T>(work: (sql: Sql) => Promise<T>): Promise<T> => {
    let result: T | undefined
    await db.sql
      .begin(async (sql) => {
        result = await work(sql as unknown as Sql)
        throw new Error('thrown away')
      })
      .catch((error: Error) => {
        if (error.message !== 'thrown away') throw error
      })
    return result as T
  }
  const isRefusal = (attack: Attack, came: string): boolean =>
    attack.refusal
      ? came.startsWith(`${attack.refusal} `)
      : came === 'no row' || came.startsWith('42501 ')

  describe.each(Object.entries(groups))('%s', (_, group) => {
    it.each(group.map((attack): [string, Attack] => [attack.name, attack]))(
      '%s',
      async (_, attack) => {
        const { before = [], hole, control } = attack
        const came = await thrownAway((sql) => outcome(sql, before, attack))
        const opened = await thrownAway(async (sql) => {
          await sql.unsafe(filled(hole, 'a'))
          return outcome(sql, before, attack)
        }).catch((error: Error) => error.message)
        const rightful = await thrownAway((sql) => outcome(sql, control.before ?? [], control))
        expect({ refused: isRefusal(attack, came) || came, opened, rightful }).toEqual({
          refused: true,
          opened: 'allowed',
          rightful: 'allowed',
        })
      },
    )
  })

  // What the migrations gain is attacked too, or these fail.
  it('every private table is read for', async () => {
    const tables = await db.sql<{ name: string }[]>`
      select c.relname as name from pg_class c
      where c.relnamespace = 'private'::regnamespace and c.relkind in ('r', 'p') order by 1`
    expect(attackedTables.toSorted()).toEqual(tables.map(({ name }) => name).toSorted())
    // An empty table would hide whether it can be read.
    for (const { name } of tables)
      expect(await db.sql.unsafe(`select 1 from private.${name} limit 1`), name).toHaveLength(1)
  })

  it('every function that clients may not call is called', async () => {
    const functions = await db.sql<{ name: string }[]>`
      select distinct format('%s.%s', p.pronamespace::regnamespace, p.proname) as name from pg_proc p
      where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
        and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype and (p.provolatile = 'v' or p.prosecdef)
        and not has_function_privilege('authenticated', p.oid, 'execute')`
    const missing = functions
      .map(({ name }) => name)
      .filter((name) => !attackedFunctions.includes(name))
    expect(missing).toEqual([])
  })

  it('every column that anon may not see is looked for', async () => {
    for (const [table, hidden] of Object.entries(hiddenFromAnyone)) {
      const columns = await db.sql<{ name: string }[]>`
        select a.attname as name from pg_attribute a
        where a.attrelid = ${`public.${table}`}::regclass and a.attnum > 0 and not a.attisdropped`
      expect([...hidden.split(' '), ...anonymousColumns[table]!.split(' ')].toSorted()).toEqual(
        columns.map(({ name }) => name).toSorted(),
      )
    }
    expect(Object.keys(hiddenFromAnyone).toSorted()).toEqual(
      Object.keys(anonymousColumns).toSorted(),
    )
  })
})
