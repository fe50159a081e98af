-- What a project is about: requirements, architecture, UI design, each a line of versions with a review,
-- and loose context that agents gather. An approved version never changes again; the next one is a new row.
set local lock_timeout = '10s';

create or replace function private.is_document(value jsonb) returns boolean
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select jsonb_typeof(value) in ('object', 'array') and pg_column_size(value) <= 1048576
$$;
comment on function private.is_document(jsonb) is 'Check: an object or a list of at most 1 MiB.';

create table if not exists public.project_requirements (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete restrict,
  title text not null check (char_length(title) between 1 and 300),
  content jsonb not null check (private.is_document(content)),
  version integer not null default 1 check (version > 0),
  status public.document_status not null default 'draft',
  approved_at timestamptz,
  approved_by uuid references public.users (id) on delete set null,
  created_at timestamptz not null default now(),
  created_by uuid references public.users (id) on delete set null,
  updated_at timestamptz not null default now(),
  updated_by uuid references public.users (id) on delete set null,
  unique (project_id, title, version)
);
alter table public.project_requirements enable row level security;
comment on table public.project_requirements is 'What a project must do, in versions. An approved version never changes.';
comment on column public.project_requirements.title is 'The same in all versions of one document; 1 to 300 characters.';
comment on column public.project_requirements.content is 'An object or a list, at most 1 MiB; frozen once approved.';
comment on column public.project_requirements.status is 'draft, review, approved, archived. Approved and archived versions are frozen; guard_document holds the order.';
create index if not exists project_requirements_approved_by_idx on public.project_requirements (approved_by);
create index if not exists project_requirements_created_by_idx on public.project_requirements (created_by);
create index if not exists project_requirements_updated_by_idx on public.project_requirements (updated_by);

create table if not exists public.technical_architecture (
  like public.project_requirements including defaults including constraints including indexes,
  apis_used jsonb check (private.is_document(apis_used)),
  data_schemas jsonb check (private.is_document(data_schemas)),
  security_requirements jsonb check (private.is_document(security_requirements))
);
alter table public.technical_architecture enable row level security;
comment on table public.technical_architecture is 'How a project is built, in versions. An approved version never changes.';
comment on column public.technical_architecture.title is 'The same in all versions of one document; 1 to 300 characters.';
comment on column public.technical_architecture.content is 'An object or a list, at most 1 MiB; frozen once approved.';
comment on column public.technical_architecture.status is 'draft, review, approved, archived. Approved and archived versions are frozen; guard_document holds the order.';
comment on column public.technical_architecture.apis_used is 'An object or a list, at most 1 MiB; null: not said.';
comment on column public.technical_architecture.data_schemas is 'An object or a list, at most 1 MiB; null: not said.';
comment on column public.technical_architecture.security_requirements is 'An object or a list, at most 1 MiB; null: not said.';

create table if not exists public.ui_design (
  like public.project_requirements including defaults including constraints including indexes,
  color_palette jsonb check (private.is_document(color_palette)),
  ui_framework text check (char_length(ui_framework) <= 200),
  components jsonb check (private.is_document(components))
);
alter table public.ui_design enable row level security;
comment on table public.ui_design is 'How a project looks, in versions. An approved version never changes.';
comment on column public.ui_design.title is 'The same in all versions of one document; 1 to 300 characters.';
comment on column public.ui_design.content is 'An object or a list, at most 1 MiB; frozen once approved.';
comment on column public.ui_design.status is 'draft, review, approved, archived. Approved and archived versions are frozen; guard_document holds the order.';
comment on column public.ui_design.color_palette is 'Colours of what is designed, not of Atelier: an object or a list, at most 1 MiB; null: not said.';
comment on column public.ui_design.ui_framework is 'By name, at most 200 characters; null: not said.';
comment on column public.ui_design.components is 'An object or a list, at most 1 MiB; null: not said.';

-- `like` does not copy foreign keys.
do $$
declare
  v_table text;
  v_column text;
begin
  foreach v_table in array array['technical_architecture', 'ui_design'] loop
    if not exists (select from pg_constraint where conname = v_table || '_project_id_fkey') then
      execute format('alter table public.%I add constraint %I foreign key (project_id) references public.projects (id) on delete restrict',
        v_table, v_table || '_project_id_fkey');
      foreach v_column in array array['approved_by', 'created_by', 'updated_by'] loop
        execute format('alter table public.%I add constraint %I foreign key (%I) references public.users (id) on delete set null',
          v_table, v_table || '_' || v_column || '_fkey', v_column);
      end loop;
    end if;
  end loop;
end $$;
create index if not exists technical_architecture_approved_by_idx on public.technical_architecture (approved_by);
create index if not exists technical_architecture_created_by_idx on public.technical_architecture (created_by);
create index if not exists technical_architecture_updated_by_idx on public.technical_architecture (updated_by);
create index if not exists ui_design_approved_by_idx on public.ui_design (approved_by);
create index if not exists ui_design_created_by_idx on public.ui_design (created_by);
create index if not exists ui_design_updated_by_idx on public.ui_design (updated_by);

create table if not exists public.project_context (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete restrict,
  context_type text not null check (context_type in ('search', 'data', 'quality')),
  title text not null check (char_length(title) between 1 and 300),
  content jsonb not null check (private.is_document(content)),
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object' and pg_column_size(metadata) <= 65536),
  created_at timestamptz not null default now(),
  created_by uuid references public.users (id) on delete set null,
  updated_at timestamptz not null default now(),
  updated_by uuid references public.users (id) on delete set null
);
alter table public.project_context enable row level security;
comment on table public.project_context is 'Loose findings of agents about a project.';
comment on column public.project_context.context_type is 'What it came from: search, data or quality.';
comment on column public.project_context.content is 'An object or a list, at most 1 MiB.';
create index if not exists project_context_created_by_idx on public.project_context (created_by);
create index if not exists project_context_project_id_idx on public.project_context (project_id);
create index if not exists project_context_updated_by_idx on public.project_context (updated_by);

-- draft -> review -> approved -> archived; back from review to draft. What is under review does not change, so that
-- what is approved is what was read. Approval is a manager's, and not of whoever
-- wrote it last, where the project has another manager to ask.
create or replace function private.guard_document() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    if new.status not in ('draft', 'review') and auth.uid() is not null then
      raise exception 'A document begins as a draft.' using errcode = '23514';
    end if;
    return new;
  end if;
  if tg_op = 'DELETE' then
    if old.status in ('approved', 'archived') and auth.uid() is not null then
      raise exception 'An approved version is kept.' using errcode = '23514', hint = 'Archive it instead.';
    end if;
    return old;
  end if;
  if old.status in ('approved', 'archived') then
    -- All of it is frozen but the way into the archive; people who leave take their names along.
    if to_jsonb(new) - array['status', 'updated_at', 'updated_by', 'created_by', 'approved_by']
        <> to_jsonb(old) - array['status', 'updated_at', 'updated_by', 'created_by', 'approved_by']
      or (new.status <> old.status and (old.status = 'approved' and new.status = 'archived') is not true) then
      raise exception 'An approved version never changes.' using errcode = '23514', hint = 'Write the next version.';
    end if;
    return new;
  end if;
  if new.status = 'archived' and old.status = 'draft' then
    return new;
  end if;
  if old.status = 'review' and new.status <> 'draft'
    and to_jsonb(new) - array['status', 'updated_at', 'updated_by', 'created_by', 'approved_at', 'approved_by']
      <> to_jsonb(old) - array['status', 'updated_at', 'updated_by', 'created_by', 'approved_at', 'approved_by'] then
    raise exception 'What is under review does not change.' using errcode = '23514', hint = 'Take it back to a draft first.';
  end if;
  if new.status = 'approved' then
    if old.status <> 'review' then
      raise exception 'A version is reviewed before it is approved.' using errcode = '23514';
    end if;
    if auth.uid() = old.updated_by and exists (
      select from public.project_users m join public.users u on u.id = m.user_id
      where m.project_id = old.project_id and m.role >= 'manager' and m.user_id <> auth.uid()
        and u.status = 'active' and u.deleted_at is null and (m.expires_at is null or m.expires_at > now())) then
      raise exception 'Somebody else approves what you wrote.' using errcode = '23514',
        hint = 'Ask another manager of the project.';
    end if;
    new.approved_at := now();
    new.approved_by := coalesce(auth.uid(), new.approved_by);
  else
    new.approved_at := null;
    new.approved_by := null;
  end if;
  return new;
end $$;
comment on function private.guard_document() is 'Trigger: draft, review, approved, archived in that order; an approved version never changes and stays. Not who wrote it approves, where another manager could.';

create or replace trigger touch before update on public.project_requirements for each row execute function private.touch();
create or replace trigger stamp_author before insert on public.project_requirements for each row execute function private.stamp_author();
create or replace trigger stamp_editor before insert or update on public.project_requirements for each row
  execute function private.stamp_editor();
create or replace trigger guard_document before insert or update or delete on public.project_requirements for each row
  execute function private.guard_document();
-- Who reads a log is not therefore somebody who may read what it is about.
create or replace trigger audit after insert or update or delete on public.project_requirements for each row
  execute function private.audit_row('scope', 'title', 'description', 'settings', 'metadata', 'content', 'search', 'apis_used', 'data_schemas', 'security_requirements', 'color_palette', 'ui_framework', 'components');
create or replace trigger touch before update on public.technical_architecture for each row execute function private.touch();
create or replace trigger stamp_author before insert on public.technical_architecture for each row execute function private.stamp_author();
create or replace trigger stamp_editor before insert or update on public.technical_architecture for each row
  execute function private.stamp_editor();
create or replace trigger guard_document before insert or update or delete on public.technical_architecture for each row
  execute function private.guard_document();
create or replace trigger audit after insert or update or delete on public.technical_architecture for each row
  execute function private.audit_row('scope', 'title', 'description', 'settings', 'metadata', 'content', 'search', 'apis_used', 'data_schemas', 'security_requirements', 'color_palette', 'ui_framework', 'components');
create or replace trigger touch before update on public.ui_design for each row execute function private.touch();
create or replace trigger stamp_author before insert on public.ui_design for each row execute function private.stamp_author();
create or replace trigger stamp_editor before insert or update on public.ui_design for each row execute function private.stamp_editor();
create or replace trigger guard_document before insert or update or delete on public.ui_design for each row
  execute function private.guard_document();
create or replace trigger audit after insert or update or delete on public.ui_design for each row
  execute function private.audit_row('scope', 'title', 'description', 'settings', 'metadata', 'content', 'search', 'apis_used', 'data_schemas', 'security_requirements', 'color_palette', 'ui_framework', 'components');
create or replace trigger touch before update on public.project_context for each row execute function private.touch();
create or replace trigger stamp_author before insert on public.project_context for each row execute function private.stamp_author();
create or replace trigger stamp_editor before insert or update on public.project_context for each row
  execute function private.stamp_editor();
create or replace trigger audit after insert or update or delete on public.project_context for each row
  execute function private.audit_row('scope', 'title', 'description', 'settings', 'metadata', 'content', 'search', 'apis_used', 'data_schemas', 'security_requirements', 'color_palette', 'ui_framework', 'components');

revoke all on public.project_requirements, public.technical_architecture, public.ui_design,
  public.project_context from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.project_requirements, public.technical_architecture, public.ui_design,
  public.project_context to service_role;

revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
-- Checks of columns run as whoever writes them.
grant execute on function private.is_document(jsonb) to authenticated, service_role;

-- what a project is about: read by its members, written by its managers
grant select, delete on public.project_requirements, public.technical_architecture, public.ui_design, public.project_context to authenticated;
grant insert (id, project_id, title, content, version, status), update (title, content, status) on public.project_requirements to authenticated;
grant insert (id, project_id, title, content, version, status, apis_used, data_schemas, security_requirements),
  update (title, content, status, apis_used, data_schemas, security_requirements) on public.technical_architecture to authenticated;
grant insert (id, project_id, title, content, version, status, color_palette, ui_framework, components),
  update (title, content, status, color_palette, ui_framework, components) on public.ui_design to authenticated;
grant insert (id, project_id, context_type, title, content, metadata), update (context_type, title, content, metadata)
  on public.project_context to authenticated;
do $$
declare
  v_table text;
begin
  foreach v_table in array array['project_requirements', 'technical_architecture', 'ui_design', 'project_context'] loop
    execute format('drop policy if exists %1$s_select on public.%1$I', v_table);
    execute format($p$create policy %1$s_select on public.%1$I for select to authenticated
      using (project_id = any ((select private.project_ids('viewer'))::uuid[]))$p$, v_table);
    execute format('drop policy if exists %1$s_insert on public.%1$I', v_table);
    execute format($p$create policy %1$s_insert on public.%1$I for insert to authenticated
      with check (project_id = any ((select private.project_ids('manager'))::uuid[]))$p$, v_table);
    execute format('drop policy if exists %1$s_update on public.%1$I', v_table);
    execute format($p$create policy %1$s_update on public.%1$I for update to authenticated
      using (project_id = any ((select private.project_ids('manager'))::uuid[]))
      with check (project_id = any ((select private.project_ids('manager'))::uuid[]))$p$, v_table);
    execute format('drop policy if exists %1$s_delete on public.%1$I', v_table);
    execute format($p$create policy %1$s_delete on public.%1$I for delete to authenticated
      using (project_id = any ((select private.project_ids('manager'))::uuid[]))$p$, v_table);
  end loop;
end $$;
