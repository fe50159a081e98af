-- How files change and how clients hear of it: the one commit point, by compare-and-swap, and pulls by a cursor.
set local lock_timeout = '10s';

-- Blobs that are about to be removed (15_storage): no commit counts on them.
-- Blobs that are about to be removed (public.unreferenced_blobs_for_service): no commit counts on them.
create table if not exists private.blobs_being_removed (
  name text primary key,
  marked_at timestamptz not null default now()
);
alter table private.blobs_being_removed enable row level security;
comment on table private.blobs_being_removed is 'Unreferenced objects about to be removed; no commit counts on them.';
comment on column private.blobs_being_removed.name is 'The object''s name in the bucket artifact-files: <artifact id>/<sha256>.';
comment on column private.blobs_being_removed.marked_at is 'From when on no commit counts on it.';

-- A time that a disk may give a file.
create or replace function private.file_time(value text) returns timestamptz
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_time timestamptz := value::timestamptz;
begin
  if v_time not between '1970-01-01 00:00+00' and '9999-12-31 00:00+00' then
    raise exception 'No file is of %.', value using errcode = '22008';
  end if;
  return v_time;
end $$;
comment on function private.file_time(text) is 'A time that a disk may give a file, from 1970 to 9999; refuses every other.';

-- A change to one file as a commit asks for it; refuses what is not of that shape.
create or replace function private.checked_changes(changes jsonb)
returns table (place bigint, op text, file_id uuid, path text, sha256 text, size bigint, media_type text, is_main boolean, md5 text,
  is_executable boolean, is_owner_only boolean, modified_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if jsonb_typeof(changes) is distinct from 'array' or jsonb_array_length(changes) not between 1 and 10000 then
    raise exception 'changes must be an array of 1 to 10000 changes' using errcode = '22023';
  end if;
  return query
    select c.ordinality, c.value ->> 'op', (c.value ->> 'file_id')::uuid, c.value ->> 'path', c.value ->> 'sha256',
      (c.value ->> 'size')::bigint, coalesce(c.value ->> 'media_type', 'application/octet-stream'),
      (c.value ->> 'is_main')::boolean, c.value ->> 'md5',
      (c.value ->> 'is_executable')::boolean, (c.value ->> 'is_owner_only')::boolean, private.file_time(c.value ->> 'modified_at')
    from jsonb_array_elements(changes) with ordinality c;
exception when invalid_text_representation or numeric_value_out_of_range or invalid_datetime_format or datetime_field_overflow then
  raise exception 'A change is not of its form: an id, a size, a time or a yes-or-no is none.' using errcode = '22023';
end $$;
comment on function private.checked_changes(jsonb) is 'The changes that a commit asks for, one a row in their order; refuses what is not of that shape.';

-- An artifact that the caller may change, locked until the transaction ends.
create or replace function private.artifact_to_change(artifact uuid) returns public.artifacts
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_artifact public.artifacts;
begin
  select * into v_artifact from public.artifacts a where a.id = artifact and a.deleted_at is null;
  if not found or (v_artifact.project_id = any (private.project_ids('viewer'))) is not true then
    raise exception 'There is no such artifact.' using errcode = 'PT404';
  end if;
  if (v_artifact.project_id = any (private.project_ids('contributor'))) is not true then
    raise exception 'You may read this artifact but not change it.' using errcode = '42501';
  end if;
  -- Only now: nobody holds up what is not theirs to change.
  select * into v_artifact from public.artifacts a where a.id = artifact and a.deleted_at is null for update;
  if not found then
    raise exception 'There is no such artifact.' using errcode = 'PT404';
  end if;
  return v_artifact;
end $$;
comment on function private.artifact_to_change(uuid) is 'An artifact that the caller may change, locked until the transaction ends.';

-- What each change of a commit comes to, as the artifact's files are now. `verdict` is null for what is to be done.
create or replace function private.judged_changes(artifact uuid, expected jsonb, changes jsonb)
returns table (place bigint, op text, file_id uuid, path text, verdict text, its_path text, its_revision bigint, its_sha256 text)
language plpgsql stable set search_path = pg_catalog, pg_temp
-- A plan that is kept may be one for the empty table that it was. (Not in who writes: each foreign key is such a plan.)
set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
begin
  return query
    with change as materialized (
      select c.*, coalesce((expected ->> c.file_id::text)::bigint, 0) as revision, lower(normalize(c.path, nfc)) as folded
      from private.checked_changes(changes) c
    ), leaving as materialized (
      -- Files that give their name up in this very commit, so that names can be swapped.
      select f.id from change c join public.artifact_files f on f.id = c.file_id
      where f.artifact_id = judged_changes.artifact and f.deleted_at is null
        and (c.op = 'remove' or f.folded_path <> c.folded)
    )
    select c.place, c.op, c.file_id, c.path, case
        when c.op is null or c.op not in ('put', 'remove') or c.file_id is null
          or (c.op = 'put' and (c.path is null or c.sha256 is null or c.size is null)) then 'incomplete'
        when f.artifact_id <> judged_changes.artifact then 'foreign'
        when c.again > 1 then 'twice'
        when c.op = 'remove' then case
          when f.id is null or f.deleted_at is not null then 'gone'
          when f.revision <> c.revision then 'changed' end
        when f.deleted_at is null and f.sha256 = c.sha256 and f.file_path = c.path
          and coalesce(c.is_executable, f.is_executable) = f.is_executable then 'so'
        when coalesce(f.revision, 0) <> c.revision then
          case when f.id is null or f.deleted_at is not null then 'removed' else 'changed' end
        when exists (
          select from public.artifact_files o
          where o.artifact_id = judged_changes.artifact and o.deleted_at is null and o.folded_path = c.folded
            and o.id <> c.file_id and o.id not in (select l.id from leaving l)) then 'path-taken'
        when not exists (
          select from storage.objects o
          where o.bucket_id = 'artifact-files' and o.name = judged_changes.artifact::text || '/' || c.sha256
            and (o.metadata ->> 'size')::bigint = c.size
            -- Of what came in one request Storage keeps the MD5 as its ETag. (Of what came in parts it is no digest.)
            and (c.md5 is null or coalesce(btrim(o.metadata ->> 'eTag', '"'), '') not similar to '[0-9a-f]{32}' or btrim(o.metadata ->> 'eTag', '"') = c.md5)
            and not exists (select from private.blobs_being_removed l where l.name = o.name)) then 'no-bytes'
        end, f.file_path, f.revision, f.sha256
    from (select c.*, row_number() over (partition by c.file_id order by c.place) as again from change c) c
      left join public.artifact_files f on f.id = c.file_id;
end $$;
comment on function private.judged_changes(uuid, jsonb, jsonb) is 'What each change of a commit comes to: already so, in conflict, wrong, or (null) to be done.';

-- The only commit point of artifact files: all or nothing, by compare-and-swap. A conflict is an answer,
-- not an error. A change that is already so (a lost response, repeated) is done, not a conflict; and what differs in its
-- time alone, or in who may read it where it lies, is so already. What a change does not say of a file stays.
create or replace function public.commit_artifact_changes(artifact_id uuid, expected jsonb, changes jsonb) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  v_known jsonb := coalesce(expected, '{}');
  v_artifact public.artifacts;
  v_wrong jsonb;
  v_conflicts jsonb;
  v_done jsonb;
  v_puts uuid[];
  v_removals uuid[];
  v_main uuid;
  v_revision bigint;
begin
  v_artifact := private.artifact_to_change(commit_artifact_changes.artifact_id);

  if jsonb_typeof(v_known) <> 'object' or exists (
    select from jsonb_each(v_known) e where jsonb_typeof(e.value) <> 'number' or e.value::text !~ '^\d{1,18}$') then
    raise exception 'expected must give a revision for each file.' using errcode = '22023';
  end if;
  with judged as materialized (
    select * from private.judged_changes(v_artifact.id, v_known, changes)
  )
  select
    (select to_jsonb(w) from judged w where w.verdict in ('incomplete', 'foreign', 'twice', 'no-bytes') order by w.place limit 1),
    coalesce(jsonb_agg(jsonb_build_object('file_id', j.file_id, 'path', case when j.verdict = 'path-taken' then j.path
        else coalesce(j.its_path, j.path) end, 'revision', j.its_revision,
        'sha256', case when j.verdict <> 'path-taken' then j.its_sha256 end, 'reason', j.verdict) order by j.place)
      filter (where j.verdict in ('changed', 'removed', 'path-taken')), '[]'),
    coalesce(jsonb_agg(jsonb_build_object('file_id', j.file_id, 'revision', j.its_revision) order by j.place)
      filter (where j.verdict = 'so'), '[]'),
    coalesce(array_agg(j.file_id order by j.place) filter (where j.verdict is null and j.op = 'put'), '{}'),
    coalesce(array_agg(j.file_id order by j.place) filter (where j.verdict is null and j.op = 'remove'), '{}')
  into v_wrong, v_conflicts, v_done, v_puts, v_removals from judged j;
  if v_wrong ->> 'verdict' = 'incomplete' then
    raise exception 'Change % is not complete.', v_wrong ->> 'place' using errcode = '22023';
  elsif v_wrong ->> 'verdict' = 'foreign' then
    raise exception 'File % belongs to another artifact.', v_wrong ->> 'file_id' using errcode = '22023';
  elsif v_wrong ->> 'verdict' = 'twice' then
    raise exception 'File % is in two changes of one commit.', v_wrong ->> 'file_id' using errcode = '22023';
  elsif v_wrong ->> 'verdict' = 'no-bytes' then
    raise exception 'The bytes of % are not in storage.', v_wrong ->> 'path'
      using errcode = 'PT409', hint = 'Upload the object first.';
  end if;
  if v_conflicts <> '[]' then
    return jsonb_build_object('status', 'conflict', 'conflicts', v_conflicts);
  end if;
  if v_puts = '{}' and v_removals = '{}' then
    return jsonb_build_object('status', 'committed', 'revision', v_artifact.revision, 'files', v_done);
  end if;

  update public.artifacts a set revision = a.revision + 1
  where a.id = v_artifact.id returning a.revision into v_revision;
  -- Removals first, so that a name is free for the file that takes it; and files that swap names step aside.
  update public.artifact_files f set deleted_at = now(), revision = f.revision + 1, updated_by = auth.uid()
  where f.id = any (v_removals);
  with change as materialized (
    select c.file_id, case when c.op = 'put' then lower(normalize(c.path, nfc)) end as folded
    from private.checked_changes(changes) c
  )
  update public.artifact_files f set file_path = '.leaving/' || gen_random_uuid() from change c
  where f.id = c.file_id and f.deleted_at is null and f.folded_path <> c.folded
    and f.folded_path in (select w.folded from change w where w.folded is not null);
  select c.file_id into v_main from private.checked_changes(changes) c
  where c.is_main and c.file_id = any (v_puts) order by c.place desc limit 1;
  update public.artifact_files f set is_main_file = false
  where f.artifact_id = v_artifact.id and f.is_main_file and (f.id <> v_main or f.id in (
    select c.file_id from private.checked_changes(changes) c where c.is_main = false and c.file_id = any (v_puts)));
  insert into public.artifact_files as f (id, artifact_id, project_id, is_public, file_path, file_type,
    file_size, sha256, is_main_file, is_executable, is_owner_only, modified_at, created_by, updated_by)
  select c.file_id, v_artifact.id, v_artifact.project_id, v_artifact.is_public, c.path,
    c.media_type, c.size, c.sha256, coalesce(c.file_id = v_main, false),
    coalesce(c.is_executable, b.is_executable, false), coalesce(c.is_owner_only, b.is_owner_only, false),
    coalesce(c.modified_at, case when b.sha256 = c.sha256 then b.modified_at end, now()), auth.uid(), auth.uid()
  from private.checked_changes(changes) c
    left join lateral (select * from public.artifact_files b where b.id = c.file_id offset 0) b on true
  where c.file_id in (select unnest(v_puts)) order by c.place
  on conflict (id) do update set file_path = excluded.file_path, file_type = excluded.file_type,
    file_size = excluded.file_size, sha256 = excluded.sha256, revision = f.revision + 1,
    is_executable = excluded.is_executable, is_owner_only = excluded.is_owner_only, modified_at = excluded.modified_at,
    is_main_file = excluded.is_main_file or f.is_main_file, deleted_at = null, updated_by = auth.uid();
  with version as (
    insert into public.artifact_file_versions as v (file_id, revision, artifact_id, artifact_revision, file_path,
      file_size, sha256, is_executable, is_owner_only, modified_at, removed, created_by)
    select f.id, f.revision, v_artifact.id, v_revision, f.file_path, f.file_size, f.sha256,
      f.is_executable, f.is_owner_only, f.modified_at, f.deleted_at is not null, auth.uid()
    from unnest(v_removals || v_puts) with ordinality t (id, place)
      cross join lateral (select * from public.artifact_files f where f.id = t.id offset 0) f
    order by t.place
    returning v.file_id, v.revision
  )
  select v_done || coalesce(jsonb_agg(jsonb_build_object('file_id', v.file_id, 'revision', v.revision)), '[]')
  into v_done from version v;
  return jsonb_build_object('status', 'committed', 'revision', v_revision, 'files', v_done);
end $$;
comment on function public.commit_artifact_changes(uuid, jsonb, jsonb) is 'The only way files change: all or nothing, by compare-and-swap. A conflict is an answer.';

-- Brings an artifact's files back to what they were at an earlier revision, as one more revision: nothing of
-- the history is lost, and the bytes are still there because history keeps them.
create or replace function public.restore_artifact(artifact_id uuid, to_revision bigint) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  v_artifact public.artifacts;
  v_changes jsonb;
  v_expected jsonb;
begin
  v_artifact := private.artifact_to_change(restore_artifact.artifact_id);
  if to_revision is null or to_revision not between 0 and v_artifact.revision then
    raise exception 'There is no revision % of this artifact.', to_revision using errcode = '22023';
  end if;
  with past as (
    select distinct on (v.file_id) v.* from public.artifact_file_versions v
    where v.artifact_id = v_artifact.id and v.artifact_revision <= to_revision
    order by v.file_id, v.artifact_revision desc, v.revision desc
  ), wanted as (
    select f.id, f.revision, f.file_type, p.file_path, p.sha256, p.file_size, p.is_executable, p.is_owner_only, p.modified_at,
      p.file_id is not null and not p.removed as present
    from public.artifact_files f left join past p on p.file_id = f.id
    where f.artifact_id = v_artifact.id and case when p.file_id is null or p.removed then f.deleted_at is null
      else f.deleted_at is not null or f.sha256 <> p.sha256 or f.file_path <> p.file_path or f.is_executable <> p.is_executable end
  )
  select jsonb_agg(case when w.present
      then jsonb_build_object('op', 'put', 'file_id', w.id, 'path', w.file_path, 'sha256', w.sha256,
        'size', w.file_size, 'media_type', w.file_type, 'is_executable', w.is_executable,
        'is_owner_only', w.is_owner_only, 'modified_at', w.modified_at)
      else jsonb_build_object('op', 'remove', 'file_id', w.id) end),
    jsonb_object_agg(w.id, w.revision)
  into v_changes, v_expected from wanted w;
  if v_changes is null then
    return jsonb_build_object('status', 'committed', 'revision', v_artifact.revision, 'files', '[]'::jsonb);
  end if;
  return public.commit_artifact_changes(v_artifact.id, v_expected, v_changes);
end $$;
comment on function public.restore_artifact(uuid, bigint) is 'Brings an artifact''s files back to an earlier revision, as one more revision.';

-- Which history of transactions a cursor belongs to: another one after a restore into another cluster, or to an
-- earlier point in time.
create or replace function private.epoch() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.system_identifier::text || '.' || c.timeline_id::text from pg_control_system() s, pg_control_checkpoint() c
$$;
comment on function private.epoch() is 'Which history of transactions a cursor belongs to: another one after a restore. Cluster and timeline.';

-- What changed in a project since a cursor. The cursor is the oldest transaction still running when the
-- answer was made: rows of a transaction that commits later are at or past it, so none is ever skipped;
-- some come twice. Without a cursor, or with one of another epoch: everything live, and the ids to reconcile
-- against, so that `artifact_ids` in an answer says that it is whole. The caller's role and what the bucket takes
-- are in it so that a client knows when what was refused is worth another try. With `at_most` everything comes in
-- parts: artifacts, those after `after_artifact`, and then files, those after `after_file`; the nil UUID begins.
create or replace function public.pull_project(project uuid, since xid8 default null, of_epoch text default null,
  of_artifact uuid default null, after_file uuid default null, at_most integer default null,
  known_digest text default null, after_artifact uuid default null, with_digest boolean default null) returns json
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_cursor xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_epoch text := private.epoch();
  v_since xid8 := case when since <= v_cursor and coalesce(of_epoch, v_epoch) = v_epoch then since end;
  v_most integer := greatest(at_most, 1);
  v_is_of_artifacts boolean;
  -- Not jsonb, which takes five times as long, and nobody here looks into it.
  v_artifacts json;
  v_files json;
  v_artifact_ids json;
  v_file_ids json;
  v_count integer;
  v_same boolean := false;
  v_role text := 'viewer';
  v_rules text;
  v_digest text;
begin
  if (project = any (private.project_ids('viewer'))) is not true then
    raise exception 'There is no such project.' using errcode = 'PT404';
  end if;
  if project = any (private.project_ids('contributor')) then
    select m.role into v_role from public.project_users m where m.project_id = project and m.user_id = auth.uid();
  end if;
  select concat_ws(' ', b.file_size_limit, b.allowed_mime_types) into v_rules
    from storage.buckets b where b.id = 'artifact-files';
  -- More news than ten parts of everything: everything it is, in parts.
  if v_since is not null and at_most is not null and (select count(*) from (
      select from public.artifact_files f where f.project_id = project
        and (of_artifact is null or f.artifact_id = of_artifact) and f.changed_xid >= v_since limit 10 * v_most + 1) f)
      + (select count(*) from (select from public.artifacts a where a.project_id = project
        and (of_artifact is null or a.id = of_artifact) and a.changed_xid >= v_since limit 10 * v_most + 1) a) > 10 * v_most then
    v_since := null;
  end if;
  v_is_of_artifacts := v_since is null and at_most is not null and after_artifact is not null;
  select coalesce(json_agg(json_build_object('id', a.id, 'project_id', a.project_id, 'title', a.title,
    'description', a.description, 'artifact_type', a.artifact_type, 'status', a.status, 'is_public', a.is_public,
    'revision', a.revision, 'updated_at', a.updated_at, 'deleted_at', a.deleted_at)), '[]'),
    coalesce(json_agg(a.id), '[]'), count(*)
  into v_artifacts, v_artifact_ids, v_count from (
    select a.* from public.artifacts a
    where a.project_id = project and (of_artifact is null or a.id = of_artifact)
      and case when v_since is null then a.deleted_at is null else a.changed_xid >= v_since end
      and (not v_is_of_artifacts or a.id > after_artifact)
      -- Of a project in parts the artifacts come first, and once.
      and (v_is_of_artifacts or v_since is not null or of_artifact is not null or at_most is null or after_file is null)
    order by case when v_is_of_artifacts then a.id end
    limit case when v_is_of_artifacts then v_most end) a;
  if v_is_of_artifacts then
    return json_build_object('cursor', v_cursor::text, 'epoch', v_epoch, 'artifacts', v_artifacts, 'files', json '[]',
      'role', v_role, 'upload_rules', v_rules, 'artifact_ids', v_artifact_ids, 'more', v_count >= v_most, 'same', false);
  end if;
  -- Whoever has it all already need not be sent it.
  if v_since is null and at_most is not null and known_digest is not null then
    select count(*) || ' ' || coalesce(sum(('x' || encode(substr(sha256(convert_to(
        concat_ws(' ', f.id, f.sha256, f.file_size, f.revision, f.file_path), 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint), 0)
      = known_digest into v_same
    from public.artifact_files f join public.artifacts a on a.id = f.artifact_id
    where f.project_id = project and (of_artifact is null or f.artifact_id = of_artifact)
      and f.deleted_at is null and a.deleted_at is null;
  end if;
  select coalesce(json_agg(json_build_object('id', f.id, 'artifact_id', f.artifact_id, 'file_path', f.file_path,
    'file_name', f.file_name, 'file_type', f.file_type, 'file_size', f.file_size, 'sha256', f.sha256,
    'revision', f.revision, 'is_main_file', f.is_main_file, 'is_executable', f.is_executable,
    'is_owner_only', f.is_owner_only, 'modified_at', f.modified_at, 'storage_path', f.storage_path,
    'updated_at', f.updated_at, 'deleted_at', f.deleted_at)), '[]'),
    coalesce(json_agg(f.id) filter (where at_most is null), '[]'), count(*)
  into v_files, v_file_ids, v_count from (
    select f.* from public.artifact_files f join public.artifacts a on a.id = f.artifact_id
    where f.project_id = project and (of_artifact is null or f.artifact_id = of_artifact)
      and case when v_since is null then f.deleted_at is null and a.deleted_at is null else f.changed_xid >= v_since end
      and (v_since is not null or after_file is null or f.id > after_file) and not v_same
    order by case when at_most is not null then f.id end
    limit case when v_since is null and at_most is not null then v_most end) f;
  if v_since is not null then
    -- Of all that is there: who has the news too compares it with what they have.
    if with_digest then
      select concat_ws(' ', (
          select count(*) || ' ' || coalesce(sum(('x' || encode(substr(sha256(convert_to(
            concat_ws(' ', a.id, to_json(a.updated_at) #>> '{}'), 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint), 0)
          from public.artifacts a
          where a.project_id = project and (of_artifact is null or a.id = of_artifact) and a.deleted_at is null), (
          select count(*) || ' ' || coalesce(sum(('x' || encode(substr(sha256(convert_to(
            concat_ws(' ', f.id, f.sha256, f.file_size, f.revision, f.file_path), 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint), 0)
          from public.artifact_files f join public.artifacts a on a.id = f.artifact_id
          where f.project_id = project and (of_artifact is null or f.artifact_id = of_artifact)
            and f.deleted_at is null and a.deleted_at is null)) into v_digest;
    end if;
    return json_build_object('cursor', v_cursor::text, 'epoch', v_epoch, 'artifacts', v_artifacts, 'files', v_files,
      'role', v_role, 'upload_rules', v_rules, 'digest', v_digest, 'removed_artifact_ids', (
        select coalesce(json_agg(t.artifact_id), '[]') from private.artifact_tombstones t
        where t.project_id = project and t.changed_xid >= v_since));
  elsif at_most is not null then
    return json_build_object('cursor', v_cursor::text, 'epoch', v_epoch, 'artifacts', v_artifacts, 'files', v_files,
      'role', v_role, 'upload_rules', v_rules, 'artifact_ids', v_artifact_ids, 'more', v_count >= v_most,
      'same', v_same);
  end if;
  return json_build_object('cursor', v_cursor::text, 'epoch', v_epoch, 'artifacts', v_artifacts, 'files', v_files,
    'role', v_role, 'upload_rules', v_rules, 'artifact_ids', v_artifact_ids, 'file_ids', v_file_ids);
end $$;
comment on function public.pull_project(uuid, xid8, text, uuid, uuid, integer, text, uuid, boolean) is 'What changed in a project, or in one artifact of it, since a cursor; without one, everything live, or in parts of at_most rows, or that all is as known: known_digest is their number, and the sum of the first eight bytes of the SHA-256 of each (id, hash, size, revision, path). with_digest adds the same of the artifacts (id, updated_at) and of the files to the news.';

revoke execute on function public.commit_artifact_changes(uuid, jsonb, jsonb), public.restore_artifact(uuid, bigint),
  public.pull_project(uuid, xid8, text, uuid, uuid, integer, text, uuid, boolean) from public, anon, authenticated;
grant execute on function public.commit_artifact_changes(uuid, jsonb, jsonb), public.restore_artifact(uuid, bigint),
  public.pull_project(uuid, xid8, text, uuid, uuid, integer, text, uuid, boolean) to authenticated, service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke execute on all routines in schema private from public;
