import type { Sql } from 'postgres'

/** A number for each form there was: what was read in one is not to be compared with what is read in another. */
export const formOfRows = 1

/**
 * How a server writes a value depends on its settings, as the time zone of where its folder was made: the same rows of
 * two servers would not look the same. Set in the transaction, which no pooler in between undoes.
 */
const oneForm = `
  set local timezone = 'UTC';
  set local datestyle = 'ISO, YMD';
  set local intervalstyle = 'postgres';
  set local bytea_output = 'hex';
  set local extra_float_digits = 1;
  set local lc_monetary = 'C'`

/** What is read in it, and written, is in one form whichever the server. */
export const inOneForm = <Result>(
  sql: Sql,
  mode: 'isolation level repeatable read read only' | 'read write',
  work: (transaction: Sql) => Promise<Result>,
): Promise<Result> =>
  sql.begin(mode, async (transaction) => {
    await transaction.unsafe(oneForm)
    return work(transaction as unknown as Sql)
  }) as Promise<Result>
