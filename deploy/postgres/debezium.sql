-- The role that Debezium reads with, by psql: it may log in, stream changes and read the tables named here, nothing else.
-- The password comes from a file, so that it stands in no statement and on no command line.
\set ON_ERROR_STOP on
\getenv password_file DEBEZIUM_PASSWORD_FILE
\if :{?password_file}
\else
  \warn 'DEBEZIUM_PASSWORD_FILE names no file'
  do $$ begin raise exception 'DEBEZIUM_PASSWORD_FILE names no file'; end $$;
\endif
\set password `cat "$DEBEZIUM_PASSWORD_FILE"`
\if :{?role}
\else
  \set role debezium
\endif

create role :"role" login replication password :'password';
grant usage on schema public to :"role";
grant select on public.chi_tra, public.ho to :"role";
