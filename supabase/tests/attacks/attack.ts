import { type Actor, actors, type Relation, relations } from '../matrix.ts'

/**
 * Who acts: somebody of the matrix; an account that is made on the way; the auth server; or the database's
 * owner, for states that only time or another system brings about, and for looking at what came of it.
 */
export type Person = Actor | 'newcomer' | 'twin'
export type By = Person | 'auth server' | 'database'

/** In braces are names of ids of tenant A, `{b:…}` of tenant B, `{me}` is the actor's own. */
export type Step = {
  by: By
  /** From the other tenant. */
  from?: 'b'
  statement: string
  /** What the token says besides role, person and a second factor. */
  claims?: Record<string, unknown>
}

/** Codes of our own refusals. What stands here is an answer; any other error is a test that is wrong. */
type Refusal =
  | 'PT402'
  | 'PT404'
  | 'PT409'
  | 'PT410'
  | 'PT429'
  | '22023'
  | '23503'
  | '23505'
  | '23514'
  | '54000'

/** A rightful actor does the same kind of thing. Where that is nobody in person, why. */
export type Control = Step & { before?: Step[] } & (
    | { by: Exclude<Person, 'service'> | 'auth server' }
    | { by: 'service' | 'database'; because: string }
  )

/**
 * What must be refused: with the code given, else by 42501 or by reaching no row. It must succeed once `hole`,
 * in a transaction that is thrown away, has re-opened what keeps it out; and `control` must succeed.
 */
export type Attack = Step & {
  name: string
  /** What comes first, both times; each step must reach something. */
  before?: Step[]
  refusal?: Refusal
  hole: string
  control: Control
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Takes a guard out of a function: its words, however they are broken into lines. */
export const without = (routine: string, guard: string, instead = ''): string => {
  const pattern = guard
    .trim()
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\s+/g, '\\s+')
  return `select tests.rewrite('${routine}', ${quoted(pattern)}, ${quoted(instead.replaceAll('\\', '\\\\'))});`
}

export const grant = (what: string, role = 'authenticated'): string => `grant ${what} to ${role};`
export const disable = (trigger: string, table: string): string =>
  `alter table ${table} disable trigger ${trigger};`

const clause = (command: string, condition: string): string =>
  `${command === 'insert' ? '' : `using (${condition})`} ${command === 'select' || command === 'delete' ? '' : `with check (${condition})`}`

/** Everything that `authenticated` or another role may have of a table, for one command. */
export const openPolicy = (table: string, command: string, role = 'authenticated'): string =>
  `grant select, insert, update, delete on ${table} to ${role};
   create policy hole_read on ${table} for select to ${role} using (true);
   ${command === 'select' ? '' : `create policy hole on ${table} for ${command} to ${role} ${clause(command, 'true')};`}`

/** Another policy in the place of one. */
export const policyOf = (table: string, command: string, condition = 'true'): string =>
  `drop policy ${table}_${command} on public.${table};
   create policy hole on public.${table} for ${command} to authenticated ${clause(command, condition)};`

/** The helpers as they would be if they asked for membership alone. */
export const ungatedProjects = `create or replace function private.project_ids(min_role public.project_role) returns uuid[]
  language sql stable security definer set search_path = '' as
  $f$ select coalesce(array_agg(m.project_id), '{}') from public.project_users m where m.user_id = auth.uid() and m.role >= min_role $f$;`
export const ungatedWorkspaces = `create or replace function private.workspace_ids(min_role public.workspace_role) returns uuid[]
  language sql stable security definer set search_path = '' as
  $f$ select coalesce(array_agg(m.workspace_id), '{}') from public.workspace_users m where m.user_id = auth.uid() and m.role >= min_role $f$;`

export const commands = ['select', 'insert', 'update', 'delete'] as const
export type Command = (typeof commands)[number]

/** Who may do this according to the matrix: the first person of those whose cell says so, else the service. */
export const rightful = (relation: Relation, command: Command): Control | undefined => {
  const letter = { select: 'S', insert: 'I', update: 'U', delete: 'D' }[command]
  const may = actors.filter((_, place) =>
    (relation.cells.split(/\s+/)[place] ?? '').includes(letter),
  )
  const person = may.find((actor) => actor !== 'anon' && actor !== 'service')
  const statement = relation[command]
  if (person) return { by: person, statement }
  if (may.includes('service'))
    return { by: 'service', statement, because: 'the matrix gives this to no person' }
  return undefined
}

export const relationOf = (name: string): Relation => {
  const relation = relations.find((candidate) => candidate.name === name)
  if (!relation) throw new Error(`There is no relation ${name}.`)
  return relation
}

/** The auth server makes an account. */
export const signUp = (
  person: 'newcomer' | 'twin',
  email: string,
  options: { confirmed?: boolean; metadata?: object } = {},
): Step => ({
  by: 'auth server',
  statement: `insert into users (id, email, email_confirmed_at, raw_user_meta_data)
    values ('{${person}}', ${quoted(email)}, ${options.confirmed === false ? 'null' : 'now()'}, ${quoted(JSON.stringify(options.metadata ?? {}))})`,
})
export const signsIn = (person: string): Step => ({
  by: 'auth server',
  statement: `update users set last_sign_in_at = clock_timestamp() where id = '{${person}}'`,
})
export const setStatus = (person: string, status: string): Step => ({
  by: 'super',
  statement: `select public.set_user_status('{${person}}', '${status}', 'for a test')`,
})
export const approved = (person: string): Step => setStatus(person, 'active')
export const database = (statement: string): Step => ({ by: 'database', statement })

/** Looks whether what somebody rightfully does has come to fail with an error. */
export const breaks = (by: 'viewer' | 'service' | 'auth server', statement: string): Step => {
  const role = {
    viewer: 'authenticated',
    service: 'service_role',
    'auth server': 'supabase_auth_admin',
  }[by]
  return database(
    `select from tests.attempt('${role}', ${by === 'viewer' ? "'{viewer}'" : 'null'}, ${quoted(statement)}) o where o not in ('allowed', 'refused')`,
  )
}
/** The rightful side of `breaks`: without the poison the same goes on working. */
export const works = (by: 'viewer' | 'auth server', statement: string): Control => ({
  by,
  statement,
})
