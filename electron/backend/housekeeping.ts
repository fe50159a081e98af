import type { SupabaseClient } from '@supabase/supabase-js'
import type { Sql } from 'postgres'
import { loggedOnce } from '../log/log.ts'
import { removeUnreferenced } from './storage/remove-unreferenced.ts'

const minuteMs = 60_000
export const firstJobsMs = minuteMs
/** There is no pg_cron here: as often as its most frequent job runs; the database knows what is due. */
const jobsEveryMs = 5 * minuteMs
const firstSweepMs = 2 * minuteMs
const sweepEveryMs = 24 * 60 * minuteMs

/** What the embedded database does by itself, until what is answered is called. */
export const keepHouse = (sql: Sql, service: SupabaseClient): (() => void) => {
  const jobsEnded = loggedOnce('backend', 'The database’s own jobs were not run')
  const sweepEnded = loggedOnce('backend', 'What nothing names any more was not removed')
  const jobs = () => sql`call private.run_due_jobs()`.catch(jobsEnded)
  const sweep = () => removeUnreferenced(service).catch(sweepEnded)
  const timers = [
    setTimeout(jobs, firstJobsMs).unref(),
    setInterval(jobs, jobsEveryMs).unref(),
    setTimeout(sweep, firstSweepMs).unref(),
    setInterval(sweep, sweepEveryMs).unref(),
  ]
  return () => timers.forEach(clearTimeout)
}
