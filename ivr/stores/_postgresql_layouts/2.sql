-- The vault: what callers typed in secret, until the step that needs it is left. An unlogged table is in no log, base
-- backup or standby. Its rows are never updated in place for long, so it is vacuumed early. The users that may change
-- calls may change it, too.

CREATE UNLOGGED TABLE vault (key bytea PRIMARY KEY, until double precision NOT NULL, data bytea NOT NULL)
    WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20, autovacuum_vacuum_cost_delay = 0);
DO $$
DECLARE
    granted text;
BEGIN
    FOR granted IN
        SELECT DISTINCT CASE grantee WHEN 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(grantee) END
        FROM information_schema.role_table_grants
        WHERE table_schema = current_schema() AND table_name = 'live' AND privilege_type = 'UPDATE'
            AND grantee <> current_user
    LOOP
        EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON vault TO ' || granted;
    END LOOP;
END $$;
UPDATE layout SET version = 2;
