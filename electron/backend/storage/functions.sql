-- What our Storage server asks the database with every object, in one round trip each. Run at every start.
create schema if not exists embedded;
revoke all on schema embedded from public;

-- How long one statement of a client may take, as hosted Supabase sets it for its roles; the service's own work is bounded by who asks for it.
create or replace function embedded.statement_timeout(role text) returns text
language sql immutable as $$ select case role when 'anon' then '3s' when 'authenticated' then '8s' else '0' end $$;

-- Who asks, until the transaction ends: the policies decide as for anybody with this role and these claims.
-- (A function with settings of its own would take these back at its end.)
create or replace function embedded.become(role text, subject text, claims jsonb, operation text) returns void
language sql as $$
  select pg_catalog.set_config('request.jwt.claims', claims::text, true),
    pg_catalog.set_config('request.jwt.claim.sub', coalesce(subject, ''), true),
    pg_catalog.set_config('request.jwt.claim.role', role, true),
    pg_catalog.set_config('request.jwt.claim.email',
      case pg_catalog.jsonb_typeof(claims -> 'email') when 'string' then claims ->> 'email' else '' end, true),
    pg_catalog.set_config('storage.operation', operation, true),
    pg_catalog.set_config('statement_timeout', embedded.statement_timeout(role), true),
    pg_catalog.set_config('role', role, true);
$$;

create or replace function embedded.find_object(role text, subject text, claims jsonb, operation text, bucket text, key text)
returns setof storage.objects language plpgsql as $$
begin
  perform embedded.become(role, subject, claims, operation);
  return query select o.* from storage.objects o where o.bucket_id = bucket and o.name = key;
end $$;

-- Answers the id and the version that it took the place of. One writer a key, so that each replaced version is known
-- to exactly one of them.
create or replace function embedded.store_object(role text, subject text, claims jsonb, operation text, bucket text, key text,
  upsert boolean, id uuid, owner uuid, version text, metadata jsonb, user_metadata jsonb, out replaced_id uuid, out replaced_version text)
language plpgsql as $$
#variable_conflict use_variable
begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(bucket || '/' || key, 0));
  if upsert then
    select o.id, o.version into replaced_id, replaced_version from storage.objects o where o.bucket_id = bucket and o.name = key;
  end if;
  perform embedded.become(role, subject, claims, operation);
  -- No RETURNING: it would ask for SELECT too, and an INSERT policy alone must be enough.
  if upsert then
    insert into storage.objects as o (id, bucket_id, name, owner, owner_id, version, metadata, user_metadata)
    values (id, bucket, key, owner, subject, version, metadata, user_metadata)
    on conflict (bucket_id, name) do update set version = excluded.version, metadata = excluded.metadata,
      user_metadata = excluded.user_metadata, owner = excluded.owner, owner_id = excluded.owner_id, updated_at = pg_catalog.now();
  else
    insert into storage.objects (id, bucket_id, name, owner, owner_id, version, metadata, user_metadata)
    values (id, bucket, key, owner, subject, version, metadata, user_metadata);
  end if;
end $$;

-- New ones of one person, all or none. Their locks are taken in one order, so that two of these never wait for each other.
create or replace function embedded.store_new_objects(role text, subject text, claims jsonb, operation text, objects jsonb) returns void
language plpgsql as $$
begin
  perform pg_catalog.pg_advisory_xact_lock(k.key)
  from (
    select distinct pg_catalog.hashtextextended(o.bucket || '/' || o.key, 0) as key
    from pg_catalog.jsonb_to_recordset(objects) as o(bucket text, key text) order by 1
  ) k;
  perform embedded.become(role, subject, claims, operation);
  insert into storage.objects (id, bucket_id, name, owner, owner_id, version, metadata, user_metadata)
  select o.id, o.bucket, o.key, o.owner, subject, o.version, o.metadata, nullif(o.user_metadata, 'null'::jsonb)
  from pg_catalog.jsonb_to_recordset(objects)
    as o(id uuid, bucket text, key text, owner uuid, version text, metadata jsonb, user_metadata jsonb);
end $$;
