-- Who goes back with files counts on revisions of their own alone, and on no file that is at an earlier one than was looked
-- at: what a client says of what it made may be what somebody else made, where its answer was lost, and a server that was
-- brought back from a copy gives the same numbers anew.
set local lock_timeout = '10s';

create or replace function public.restore_artifact_revision(mutation uuid, artifact uuid, revision bigint, newest bigint,
  since uuid[] default '{}', since_revisions bigint[] default '{}') returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_now bigint;
  v_known bigint[];
  v_answer jsonb;
begin
  if private.begin_mutation(mutation, 'restore_artifact_revision', jsonb_build_array(artifact, revision, newest)) is false then return true; end if;
  select a.revision into v_now from public.artifacts a where a.id = artifact for update;
  if not found then perform private.refuse_artifact(artifact); end if;
  v_known := since_revisions || private.own_revisions(artifact, since);
  if v_now < newest or exists (
    select from public.artifact_file_versions v where v.artifact_id = artifact and v.artifact_revision > newest
      and (v.artifact_revision <> all (v_known) or v.created_by is distinct from auth.uid())) then
    raise exception 'It was changed meanwhile.' using errcode = 'PT409';
  end if;
  v_answer := public.restore_artifact(artifact, revision);
  if v_answer ->> 'status' is distinct from 'committed' then
    raise exception 'It was changed meanwhile.' using errcode = 'PT409';
  end if;
  perform private.made_revision(mutation, artifact, (v_answer ->> 'revision')::bigint);
  return true;
end $$;

create or replace function public.restore_file_revision(mutation uuid, artifact uuid, file uuid, revision bigint, newest bigint,
  media_type text, since uuid[] default '{}', since_revisions bigint[] default '{}') returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_then public.artifact_file_versions;
  v_now bigint;
  v_known bigint[];
  v_answer jsonb;
begin
  if private.begin_mutation(mutation, 'restore_file_revision',
    jsonb_build_array(artifact, file, revision, newest, media_type)) is false then return true; end if;
  select * into v_then from public.artifact_file_versions v
  where v.file_id = file and v.artifact_id = artifact and v.revision = restore_file_revision.revision;
  if not found then
    raise exception 'There is no such version.' using errcode = 'PT404';
  end if;
  v_known := since_revisions || private.own_revisions(artifact, since);
  -- What it is expected to be is what it is, where all that came since is known; somebody faster still meets the commit.
  select case when newest is null or max(v.revision) >= newest and bool_and(v.revision <= newest
      or v.artifact_revision = any (v_known) and v.created_by is not distinct from auth.uid())
    then max(v.revision) else newest end
  into v_now from public.artifact_file_versions v where v.file_id = file and v.artifact_id = artifact;
  v_answer := public.commit_artifact_changes(artifact, jsonb_build_object(file, v_now), jsonb_build_array(jsonb_build_object(
    'op', 'put', 'file_id', file, 'path', v_then.file_path, 'sha256', v_then.sha256, 'size', v_then.file_size,
    'media_type', media_type, 'is_executable', v_then.is_executable, 'is_owner_only', v_then.is_owner_only,
    'modified_at', v_then.modified_at)));
  if v_answer ->> 'status' is distinct from 'committed' then
    raise exception 'It was changed meanwhile, or the name is taken.' using errcode = 'PT409';
  end if;
  perform private.made_revision(mutation, artifact, (v_answer ->> 'revision')::bigint);
  return true;
end $$;
