-- Realtime's tables and functions as a hosted project has them, as far as the migrations touch them. Its server,
-- which nobody has here, asks the policies of `messages` with the topic in a setting; the tests do so in its place.
create schema realtime;
create table realtime.messages (
  id uuid not null default gen_random_uuid(), topic text not null, extension text not null, payload jsonb, event text,
  private boolean default false, updated_at timestamp not null default now(), inserted_at timestamp not null default now(),
  primary key (id, inserted_at)
) partition by range (inserted_at);
create table realtime.messages_now partition of realtime.messages default;
alter table realtime.messages enable row level security;
create function realtime.topic() returns text language sql stable as $$
  select nullif(current_setting('realtime.topic', true), '')::text
$$;
create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
language plpgsql as $$
begin
  if current_setting('tests.realtime_fails', true) = 'yes' then raise exception 'no partition of today'; end if;
  insert into realtime.messages (payload, event, topic, private, extension) values (payload, event, topic, private, 'broadcast');
end $$;
grant usage on schema realtime to anon, authenticated, service_role, deployer;
grant select, insert, update on realtime.messages to anon, authenticated, service_role;
grant all on realtime.messages to deployer;
-- As for storage: hosted lets its postgres make policies here without owning the table.
alter table realtime.messages owner to deployer;
