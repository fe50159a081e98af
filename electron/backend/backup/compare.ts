import type { Sql } from 'postgres'
import { catalogueDifferences, catalogueOf } from './catalogue.ts'
import { digestsOf, type Manifest, type Storage, sha256, storageClient } from './manifest.ts'
import { formOfRows, inOneForm } from './one-form.ts'

/** Everything that was sealed, with a value of each to try; consents under way (oauth_states) last minutes. */
const sealed = `
  select (s.value).key_id as key_id, 'secrets' as what, s.value from private.secrets s
  union all
  select (v).key_id, 'personal data', v from private.user_pii p
    cross join lateral unnest(array[p.email, p.phone, p.app_metadata, p.user_metadata]) v`

/** Whether what is sealed can be opened here: one value by each key, for a restore without it is none. */
const sealedDifferences = async (sql: Sql): Promise<string[]> => {
  const keys = await sql.unsafe<{ key: string; what: string; n: number; here: boolean }[]>(`
    select s.key_id as key, s.what, count(*)::int as n,
      exists (select from private.master_keys() k where k.id = s.key_id) as here
    from (${sealed}) s where s.key_id is not null group by 1, 2 order by 1, 2`)
  const differences: string[] = []
  for (const { key, what, n, here } of keys) {
    if (!here) {
      differences.push(
        `the key ${key}, which sealed ${what} (${n}), is not here: nobody can open them. Put it where supabase/backup.md says`,
      )
      continue
    }
    const opened = await sql
      .unsafe(
        `select private.unseal(s.value) from (${sealed}) s where s.key_id = $1 and s.what = $2 limit 1`,
        [key, what],
      )
      .then(
        () => true,
        () => false,
      )
    if (!opened) differences.push(`${what} (${n}) do not open by the key ${key} that sealed them`)
  }
  return differences
}

/** Whether digests say anything; rows that were read in another form are counted. */
export const hasComparableRows = ({ form }: Manifest): boolean => form === formOfRows

/** What of the rows is not as in the backup. */
export const rowDifferences = async (
  known: Manifest,
  sql: Sql,
  isElsewhere: (relation: string) => boolean = () => false,
): Promise<string[]> => {
  const now = await inOneForm(sql, 'isolation level repeatable read read only', (snapshot) =>
    digestsOf(snapshot, known.tables),
  )
  return known.digests.flatMap(({ relation, row_count, digest: was }) => {
    const is = now.find((each) => each.relation === relation)
    const isSame = hasComparableRows(known) ? is?.digest === was : is?.row_count === row_count
    return isElsewhere(relation) || isSame
      ? []
      : [`${relation}: ${row_count} rows, now ${is?.row_count ?? 'none'}`]
  })
}

/** What of it cannot be read here: what is sealed, and objects. */
export const unreadable = async (
  known: Manifest,
  sql: Sql,
  storageOf: Storage | undefined,
): Promise<string[]> => {
  const differences = await sealedDifferences(sql)
  if (storageOf) {
    const { storage } = storageClient(storageOf)
    for (const { bucket, name, sha256: hash } of known.objects) {
      const { data } = await storage.from(bucket).download(name)
      if (!data || sha256(Buffer.from(await data.arrayBuffer())) !== hash)
        differences.push(`object ${bucket}/${name}`)
    }
  }
  return differences
}

/** What is not as in the backup: rows, the catalogue in both directions, what is sealed, and objects. */
export const differencesFrom = async (
  known: Manifest,
  sql: Sql,
  storageOf: Storage | undefined,
): Promise<string[]> => {
  // Rows of objects are the Storage server's own after an upload: their bytes are compared instead.
  const differences = await rowDifferences(
    known,
    sql,
    (relation) => relation === 'storage.objects' && storageOf !== undefined,
  )
  const catalogue = await inOneForm(sql, 'isolation level repeatable read read only', catalogueOf)
  differences.push(...catalogueDifferences(known.catalogue, catalogue))
  return [...differences, ...(await unreadable(known, sql, storageOf))]
}
