import { readFile } from 'node:fs/promises'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectFile } from '../../electron/backend/project-files.ts'
import { type Attack, attacks } from '../../supabase/tests/attacks.ts'
import { type Actor, filled, idOf, roleOf } from '../../supabase/tests/matrix.ts'
import { servers, startDatabase, type TestDatabase } from './server.ts'

it('there are at least 150', () => {
  expect(attacks.length).toBeGreaterThanOrEqual(150)
  expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length)
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

  const attempt = async (sql: Sql, by: Actor, statement: string, tenant: 'a' | 'b' = 'a') => {
    const person = by === 'anon' || by === 'service' ? null : idOf(tenant, by)
    // A state that must come first stands in the statement's comment, so that each attack is one line.
    const [act, before] = filled(statement, 'a', person ?? '').split('/* after: ')
    if (before) await sql.unsafe(before.replace('*/', ''))
    const [row] = await sql`select tests.attempt(${roleOf(by)}, ${person}, ${act!}) as outcome`
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

  it.each(attacks.map((attack): [string, Attack] => [attack.name, attack]))(
    '%s',
    async (_, attack) => {
      const { by, from, statement, hole, control } = attack
      const refused = await thrownAway((sql) => attempt(sql, by, statement, from))
      const opened = await thrownAway(async (sql) => {
        await sql.unsafe(hole)
        return attempt(sql, by, statement, from)
      })
      const rightful = control
        ? await thrownAway((sql) => attempt(sql, control.by, control.statement))
        : 'allowed'
      expect({ refused: refused !== 'allowed', opened, rightful }).toEqual({
        refused: true,
        opened: 'allowed',
        rightful: 'allowed',
      })
    },
  )
})
