-- What a hosted project's Realtime has in the database, as far as policies and realtime.send need it. Run at every start
-- before the migrations, which then make their policies on realtime.messages as they do on a hosted project.
create schema if not exists realtime;
create table if not exists realtime.messages (
  id uuid not null default gen_random_uuid() primary key,
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  updated_at timestamp not null default now(),
  inserted_at timestamp not null default now()
);
create index if not exists messages_inserted_at_topic_index on realtime.messages (inserted_at desc, topic);
alter table realtime.messages enable row level security;

create or replace function realtime.topic() returns text language sql stable as $$
  select nullif(pg_catalog.current_setting('realtime.topic', true), '')::text
$$;

-- Whoever writes does not fail for it.
create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
language plpgsql as $$
declare
  v_id constant uuid := pg_catalog.gen_random_uuid();
begin
  perform pg_catalog.set_config('realtime.topic', topic, true);
  insert into realtime.messages (id, payload, event, topic, private, extension)
  values (v_id, case when payload ? 'id' then payload else payload || pg_catalog.jsonb_build_object('id', v_id) end,
    event, topic, private, 'broadcast');
exception when others then
  raise warning 'A message was not told: %', sqlerrm;
end $$;

-- The front listens: it hears of what is committed and of nothing else. A notification holds 8000 bytes; a longer
-- message is read from its row.
create or replace function realtime.tell() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_text constant text := json_build_object('id', new.id, 'topic', new.topic, 'event', new.event, 'private', new.private,
    'payload', new.payload)::text;
begin
  perform pg_notify('atelier_realtime',
    case when octet_length(v_text) < 7900 then v_text else json_build_object('id', new.id)::text end);
  return null;
end $$;
-- A row without an event is the front's own question to the policies.
create or replace trigger tell after insert on realtime.messages for each row
  when (new.extension = 'broadcast' and new.event is not null) execute function realtime.tell();

grant usage on schema realtime to anon, authenticated, service_role;
grant select, insert, update on realtime.messages to anon, authenticated, service_role;
