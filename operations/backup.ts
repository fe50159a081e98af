import { parseArgs } from 'node:util'
import { backup } from '../electron/backend/backup/backup.ts'
import { hasComparableRows } from '../electron/backend/backup/compare.ts'
import { openKey } from '../electron/backend/backup/key.ts'
import { Refusal, readManifest } from '../electron/backend/backup/manifest.ts'
import { restore } from '../electron/backend/backup/restore.ts'

const usage = `npm run db:backup  -- --url <database> --folder <backup> [--storage <project URL>]
npm run db:restore -- --url <database> --folder <backup> [--storage <project URL>]
npm run db:restore -- --key --folder <backup>     prints the key that was put away
From the environment: ATELIER_DATABASE_URL instead of --url; ATELIER_SECRET_KEY for the storage;
ATELIER_MASTER_KEY and ATELIER_ESCROW_PASSPHRASE for the key.`

const { ATELIER_SECRET_KEY, ATELIER_MASTER_KEY, ATELIER_ESCROW_PASSPHRASE } = process.env

const options = {
  url: { type: 'string' },
  folder: { type: 'string' },
  storage: { type: 'string' },
  key: { type: 'boolean' },
} as const
const parsed = () => {
  try {
    return parseArgs({ allowPositionals: true, options })
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`)
    return process.exit(2)
  }
}
const { positionals, values } = parsed()
const [command] = positionals
const url = values.url ?? process.env.ATELIER_DATABASE_URL
const wantsKey = command === 'restore' && values.key === true
if (
  !values.folder ||
  (!url && !wantsKey) ||
  (wantsKey && !ATELIER_ESCROW_PASSPHRASE) ||
  (command !== 'backup' && command !== 'restore')
) {
  console.error(usage)
  process.exit(2)
}
if (values.storage && !ATELIER_SECRET_KEY) {
  console.error('--storage needs the project’s secret key in ATELIER_SECRET_KEY.')
  process.exit(2)
}
const { folder } = values
const storage =
  values.storage && ATELIER_SECRET_KEY
    ? { url: values.storage, secretKey: ATELIER_SECRET_KEY }
    : undefined
const common = { databaseUrl: url ?? '', folder, ...(storage ? { storage } : {}) }

try {
  if (wantsKey) console.log(await openKey(folder, ATELIER_ESCROW_PASSPHRASE ?? ''))
  else {
    if (!storage) console.log('Without --storage: rows only, no objects.')
    if (command === 'backup') {
      const escrow =
        ATELIER_MASTER_KEY && ATELIER_ESCROW_PASSPHRASE
          ? { masterKey: ATELIER_MASTER_KEY, passphrase: ATELIER_ESCROW_PASSPHRASE }
          : undefined
      if (!escrow)
        console.log(
          'Without a master key and a passphrase: what is sealed stays sealed for ever if the key is lost.',
        )
      await backup({ ...common, ...(escrow ? { escrow } : {}) }, console.log)
      console.log(`Backup in ${folder}`)
    } else {
      const isCompared = hasComparableRows(await readManifest(folder))
      const differences = await restore(common, console.log)
      for (const line of differences) console.error(`differs: ${line}`)
      const equal = isCompared
        ? 'Restored, and equal to the backup.'
        : 'Restored. The backup is of an older Atelier: its rows were counted, not compared.'
      console.log(differences.length ? 'Restored, but not whole.' : equal)
      process.exitCode = differences.length ? 1 : 0
    }
  }
} catch (error) {
  console.error(
    error instanceof Refusal
      ? `${error.message} (${error.code})`
      : `Something unforeseen: ${error instanceof Error ? error.message : error}`,
  )
  process.exitCode = 1
}
