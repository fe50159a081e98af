import type { Actor } from '../matrix.ts'
import { type Attack, type Control, grant } from './attack.ts'

/** Private tables: no client role reaches them, the services' neither. */

const byService = (statement: string, because: string): Control => ({
  by: 'service',
  statement,
  because,
})
const byDatabase = (statement: string, because: string): Control => ({
  by: 'database',
  statement,
  because,
})
const assessed: Control = {
  by: 'super',
  statement: 'select from public.platform_assessment()',
}

/** Every private table, and what somebody rightfully learns from it. The tests ask the catalogue whether all are here. */
const tables: Record<string, Control> = {
  secrets: byService(
    "select public.read_secret_for_service('{secret}', 'a test')",
    'secrets are opened for services',
  ),
  user_pii: { by: 'contributor', statement: 'select public.my_account()' },
  supplied_keys: byDatabase(
    'select from private.master_keys()',
    'keys leave the database for nobody',
  ),
  platform: assessed,
  platform_gaps: assessed,
  provision_errors: assessed,
  assessments: assessed,
  audit_digests: byService(
    'select from public.audit_digests_for_service()',
    'sums are kept elsewhere by a service',
  ),
  backups: assessed,
  jobs: assessed,
  notices: byService('select from public.notices_for_service()', 'mail is sent by a service'),
  public_mail_domains: {
    by: 'workspace owner',
    statement: "select public.claim_domain('{workspace}', 'firm.example')",
  },
  departures: {
    by: 'workspace owner',
    statement: "select from public.workspace_users where workspace_id = '{workspace}'",
  },
  plan_limits: {
    by: 'workspace owner',
    statement:
      "select base_token_limit from public.workspace_subscriptions where workspace_id = '{workspace}'",
  },
  token_reservations: {
    by: 'workspace owner',
    statement:
      "select from public.workspace_subscriptions where workspace_id = '{workspace}' and reserved > 0",
  },
  stripe_events: {
    by: 'workspace owner',
    statement: "select from public.token_purchases where workspace_id = '{workspace}'",
  },
  oauth_states: {
    by: 'workspace owner',
    statement: "select from public.oauth2_tokens where connection_id = '{oauth2}'",
  },
  artifact_tombstones: {
    by: 'viewer',
    statement:
      "select where public.pull_project('{project}', '1')::jsonb -> 'removed_artifact_ids' ? '{buried artifact}'",
  },
  applied_mutations: {
    by: 'viewer',
    statement:
      "select public.order_projects('01f00000-0000-7000-8000-000000000001', '{workspace}', '{}')",
  },
  backup_checks: byService('select from private.table_digests()', 'backups are a service’s'),
  storage_deletions: byService(
    'select from public.storage_deletions_for_service()',
    'objects are removed by a service',
  ),
  blobs_being_removed: byService(
    "select public.blobs_removed_for_service('{}')",
    'objects are removed by a service',
  ),
}
const peeks: Attack[] = Object.entries(tables).flatMap(([table, control]) =>
  (['workspace owner', 'super', 'service'] as const).map((by) => {
    const role = by === 'service' ? 'service_role' : 'authenticated'
    return {
      name: `${by} reads private.${table}`,
      by,
      statement: `select from private.${table}`,
      hole: `${grant(`select on private.${table}`, role)} create policy hole on private.${table} for select to ${role} using (true);`,
      control,
    }
  }),
)

const tamper = (by: Actor, table: string, statement: string, control: Control): Attack => ({
  name: `${by}: ${statement}`,
  by,
  statement,
  hole: `${grant(`select, insert, update, delete on private.${table}`, by === 'service' ? 'service_role' : 'authenticated')}
    create policy hole on private.${table} using (true) with check (true);`,
  control,
})
const tampers: Attack[] = [
  tamper(
    'super',
    'platform',
    'update private.platform set open_signup = true, require_aal2 = false',
    assessed,
  ),
  tamper(
    'service',
    'supplied_keys',
    'delete from private.supplied_keys',
    byDatabase(
      "select private.supply_master_key(repeat('n', 40), repeat('m', 40))",
      'keys are supplied by the server process',
    ),
  ),
  tamper(
    'service',
    'audit_digests',
    "update private.audit_digests set digest = 'x'",
    byDatabase('select private.digest_audit()', 'sums are made by a job'),
  ),
  tamper(
    'workspace owner',
    'plan_limits',
    'update private.plan_limits set base_token_limit = 1e15',
    byDatabase(
      'update private.plan_limits set base_token_limit = base_token_limit + 1',
      'plans are set by whoever runs the database',
    ),
  ),
  tamper(
    'workspace owner',
    'public_mail_domains',
    "delete from private.public_mail_domains where domain = 'gmail.com'",
    byDatabase(
      "insert into private.public_mail_domains values ('post.example')",
      'the list is kept by whoever runs the database',
    ),
  ),
  tamper(
    'service',
    'stripe_events',
    'delete from private.stripe_events',
    byService(
      "select public.record_payment_for_service('evt_c', '{workspace}', 'pi_c', 1, 0, 'completed')",
      'Stripe tells a service',
    ),
  ),
  tamper(
    'contributor',
    'applied_mutations',
    "delete from private.applied_mutations where user_id = '{viewer}'",
    byDatabase('select private.forget_mutations()', 'what was done is forgotten by a job'),
  ),
  tamper(
    'contributor',
    'user_pii',
    "update private.user_pii set email_index = null where user_id = '{manager}'",
    {
      by: 'auth server',
      statement: "update users set email = 'other@a.example' where id = '{manager}'",
    },
  ),
]

export const privateTables: Attack[] = [...peeks, ...tampers]
/** Their names, for the catalogue to be compared with. */
export const attackedTables = Object.keys(tables)
