-- The role that Debezium reads with, by psql: it may log in, stream changes and read the tables named here, nothing else.
-- The password comes from a file, so that it stands in no statement and on no command line.
\set ON_ERROR_STOP on
\set password `cat "$DEBEZIUM_PASSWORD_FILE"`
select :'password' = '' as absent \gset
\if :absent
  do $$ begin raise exception 'DEBEZIUM_PASSWORD_FILE names no file that holds a password'; end $$;
\endif
\if :{?role}
\else
  \set role debezium
\endif

create role :"role" login replication password :'password';
grant usage on schema public to :"role";
grant select on public.chi_tra, public.ho to :"role";
