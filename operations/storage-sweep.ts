import { createClient } from '@supabase/supabase-js'
import { removeUnreferenced } from '../electron/backend/storage/remove-unreferenced.ts'

/* What the embedded backend does by itself once a day, for a hosted or self-hosted project: schedule it. */

const url = process.argv[2]
const { ATELIER_SECRET_KEY } = process.env
if (!url || !URL.canParse(url) || !ATELIER_SECRET_KEY) {
  console.error('ATELIER_SECRET_KEY=… npm run storage:sweep -- <project URL>')
  process.exit(2)
}
const service = createClient(url, ATELIER_SECRET_KEY, { auth: { persistSession: false } })
try {
  console.log(`${await removeUnreferenced(service)} objects removed.`)
} catch (error) {
  console.error(
    `The sweep ended early, and can be run again: ${error instanceof Error ? error.message : error}`,
  )
  process.exitCode = 1
}
