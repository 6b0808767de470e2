-- The first layout of the store in PostgreSQL. A file that has been published is never changed: a changed table or
-- function is a new file, named after the next layout. It must leave what servers of the version before still read and
-- write, because they run while others are being upgraded.
--
-- Keys are bytes: PostgreSQL's text holds no NUL, and bytes sort by code point whatever the database's collation.
-- A call is updated in place, where its page has room (fillfactor), and is not compressed: it is encrypted. There is no
-- count of live calls, as SQLite keeps one: turns that begin and end calls would wait for its row.

CREATE TABLE layout (version integer NOT NULL);
INSERT INTO layout VALUES (1);

CREATE TABLE live (id bigint GENERATED ALWAYS AS IDENTITY UNIQUE, call_id bytea PRIMARY KEY, turn integer NOT NULL,
    key bytea NOT NULL, call bytea NOT NULL, reply bytea NOT NULL)
    WITH (fillfactor = 50, toast_tuple_target = 8160,
        autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);
CREATE TABLE past (id bigint GENERATED ALWAYS AS IDENTITY UNIQUE, call_id bytea PRIMARY KEY, turn integer NOT NULL,
    key bytea NOT NULL, call bytea NOT NULL, reply bytea NOT NULL) WITH (toast_tuple_target = 8160);
CREATE TABLE journal (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, call_id bytea NOT NULL,
    turn integer NOT NULL, at double precision NOT NULL, kind text NOT NULL, data text NOT NULL);
CREATE INDEX journal_of_call ON journal (call_id, id);
CREATE TABLE replies (id bigint GENERATED ALWAYS AS IDENTITY UNIQUE, call_id bytea NOT NULL, key bytea NOT NULL,
    turn integer NOT NULL, at double precision NOT NULL, reply bytea NOT NULL, PRIMARY KEY (call_id, key))
    WITH (toast_tuple_target = 8160,
        autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);
CREATE TABLE replies_of_past (id bigint PRIMARY KEY);
CREATE TABLE documents (collection bytea NOT NULL, key bytea NOT NULL, body text NOT NULL,
    PRIMARY KEY (collection, key)) WITH (fillfactor = 70,
        toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);
CREATE TABLE board (name bytea PRIMARY KEY, write bigint NOT NULL, body bytea)
    WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);
CREATE INDEX board_writes ON board (write);
CREATE TABLE last_write (one boolean PRIMARY KEY DEFAULT true CHECK (one), number bigint NOT NULL)
    WITH (fillfactor = 10);
INSERT INTO last_write (number) VALUES (0);
CREATE TABLE pings (one boolean PRIMARY KEY DEFAULT true CHECK (one), number bigint NOT NULL) WITH (fillfactor = 10);
INSERT INTO pings (number) VALUES (0);
CREATE TABLE releases (version text PRIMARY KEY, files text NOT NULL);
ALTER TABLE live ALTER COLUMN call SET STORAGE EXTERNAL, ALTER COLUMN reply SET STORAGE EXTERNAL;
ALTER TABLE replies ALTER COLUMN reply SET STORAGE EXTERNAL;
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('ivr.pruning', true) = 'on' AND TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER past_is_append_only BEFORE UPDATE OR DELETE ON past
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER past_is_not_truncated BEFORE TRUNCATE ON past
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_is_not_truncated BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER releases_is_append_only BEFORE UPDATE OR DELETE ON releases
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER releases_is_not_truncated BEFORE TRUNCATE ON releases
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The functions write in one round trip what SQLite writes in one transaction. Lists come as JSON, with bytes in hex: one
-- parameter each, cheaper to make than arrays. Locks are taken in one order (call, documents by key, board), so that
-- units of work do not deadlock. SQLSTATE IV001 is a conflict: nothing is written.

CREATE FUNCTION put_turn(p_call_id bytea, p_turn integer, p_key bytea, p_call bytea, p_reply bytea, p_ended boolean,
    p_expected integer, p_at double precision) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    o_turn integer; o_key bytea; o_reply bytea;
BEGIN
    IF p_expected IS NULL THEN
        INSERT INTO live (call_id, turn, key, call, reply) VALUES (p_call_id, p_turn, p_key, p_call, p_reply)
            ON CONFLICT (call_id) DO NOTHING;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
        -- a statement of its own sees a call that ended while the insert waited
        IF EXISTS (SELECT 1 FROM past WHERE call_id = p_call_id) THEN
            DELETE FROM live WHERE call_id = p_call_id;
            RETURN false;
        END IF;
        IF p_ended THEN
            DELETE FROM live WHERE call_id = p_call_id;
        END IF;
    ELSIF p_ended THEN
        DELETE FROM live WHERE call_id = p_call_id AND turn = p_expected
            RETURNING turn, key, reply INTO o_turn, o_key, o_reply;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
    ELSE
        UPDATE live SET turn = p_turn, key = p_key, call = p_call, reply = p_reply
            FROM (SELECT turn, key, reply FROM live WHERE call_id = p_call_id AND turn = p_expected) AS old
            WHERE live.call_id = p_call_id AND live.turn = p_expected
            RETURNING old.turn, old.key, old.reply INTO o_turn, o_key, o_reply;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
    END IF;
    IF o_key <> p_key THEN
        INSERT INTO replies (call_id, key, turn, at, reply) VALUES (p_call_id, o_key, o_turn, p_at, o_reply)
            ON CONFLICT (call_id, key) DO UPDATE
            SET id = DEFAULT, turn = excluded.turn, at = excluded.at, reply = excluded.reply;
    END IF;
    IF p_ended THEN
        INSERT INTO past (call_id, turn, key, call, reply) VALUES (p_call_id, p_turn, p_key, p_call, p_reply);
        INSERT INTO replies_of_past SELECT id FROM replies WHERE call_id = p_call_id;
    END IF;
    RETURN true;
END $$;

CREATE FUNCTION put_journal(p_rows json) RETURNS void LANGUAGE sql AS $$
    INSERT INTO journal (call_id, turn, at, kind, data)
    SELECT decode(r->>0, 'hex'), (r->>1)::integer, (r->>2)::double precision, r->>3, r->>4
    FROM json_array_elements(p_rows) WITH ORDINALITY AS rows (r, number) ORDER BY number
$$;
CREATE FUNCTION put_document(p_collection bytea, p_key bytea, p_before text, p_after text) RETURNS boolean
    LANGUAGE plpgsql AS $$
DECLARE
    found_body text;
BEGIN
    IF p_before IS NOT DISTINCT FROM p_after THEN
        SELECT body INTO found_body FROM documents WHERE collection = p_collection AND key = p_key FOR SHARE;
        RETURN found_body IS NOT DISTINCT FROM p_before;
    ELSIF p_before IS NULL THEN
        INSERT INTO documents VALUES (p_collection, p_key, p_after) ON CONFLICT (collection, key) DO NOTHING;
    ELSIF p_after IS NULL THEN
        DELETE FROM documents WHERE collection = p_collection AND key = p_key AND body = p_before;
    ELSE
        UPDATE documents SET body = p_after WHERE collection = p_collection AND key = p_key AND body = p_before;
    END IF;
    RETURN FOUND;
END $$;
CREATE FUNCTION put_board(p_rows json, p_seen bigint, p_kept bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE last_write SET number = p_seen + 1 WHERE number = p_seen;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO board (name, write, body)
        SELECT decode(r->>0, 'hex'), p_seen + 1, decode(r->>1, 'hex') FROM json_array_elements(p_rows) AS rows (r)
        ON CONFLICT (name) DO UPDATE SET write = excluded.write, body = excluded.body;
    IF (p_seen + 1) % p_kept = 0 THEN
        DELETE FROM board WHERE body IS NULL AND write <= p_seen + 1 - p_kept;
    END IF;
    RETURN true;
END $$;
CREATE FUNCTION put_late_replies(p_replies json) RETURNS void LANGUAGE sql AS $$
    WITH kept AS (
        INSERT INTO replies (call_id, key, turn, at, reply)
        SELECT decode(r->>0, 'hex'), decode(r->>1, 'hex'), (r->>2)::integer, (r->>3)::double precision,
            decode(r->>4, 'hex') FROM json_array_elements(p_replies) AS rows (r)
        ON CONFLICT (call_id, key) DO NOTHING RETURNING id)
    INSERT INTO replies_of_past SELECT id FROM kept
$$;

CREATE FUNCTION end_lease(p_group integer, p_place integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- the lock goes over from the session to this transaction, whose end frees it when others can see the turn
    PERFORM pg_advisory_xact_lock(p_group, p_place);
    PERFORM pg_advisory_unlock(p_group, p_place);
END $$;
CREATE FUNCTION take_turn(p_wait text, p_group integer, p_place integer, p_call_id bytea, p_turn integer,
    p_key bytea, p_call bytea, p_reply bytea, p_ended boolean, p_expected integer, p_at double precision, p_rows json) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF p_wait IS NOT NULL THEN
        PERFORM set_config('lock_timeout', p_wait, true);
    END IF;
    IF NOT put_turn(p_call_id, p_turn, p_key, p_call, p_reply, p_ended, p_expected, p_at) THEN
        RETURN false;
    END IF;
    IF p_rows IS NOT NULL THEN
        PERFORM put_journal(p_rows);
    END IF;
    IF p_group IS NOT NULL THEN
        PERFORM end_lease(p_group, p_place);
    END IF;
    RETURN true;
END $$;
CREATE FUNCTION commit_changes(p_wait text, p_group integer, p_place integer, p_call_id bytea, p_turn integer,
    p_key bytea, p_call bytea, p_reply bytea, p_ended boolean, p_expected integer, p_at double precision, p_rows json, p_documents json, p_board json,
    p_seen bigint, p_kept bigint, p_replies json) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    d json;
BEGIN
    IF p_wait IS NOT NULL THEN
        PERFORM set_config('lock_timeout', p_wait, true);
    END IF;
    IF p_call_id IS NOT NULL
        AND NOT put_turn(p_call_id, p_turn, p_key, p_call, p_reply, p_ended, p_expected, p_at) THEN
        RETURN false;
    END IF;
    FOR d IN SELECT r FROM json_array_elements(p_documents) WITH ORDINALITY AS rows (r, number) ORDER BY number LOOP
        IF NOT put_document(decode(d->>0, 'hex'), decode(d->>1, 'hex'), d->>2, d->>3) THEN
            RAISE EXCEPTION USING ERRCODE = 'IV001';
        END IF;
    END LOOP;
    IF p_board IS NOT NULL AND NOT put_board(p_board, p_seen, p_kept) THEN
        RAISE EXCEPTION USING ERRCODE = 'IV001';
    END IF;
    IF p_rows IS NOT NULL THEN
        PERFORM put_journal(p_rows);
    END IF;
    IF p_replies IS NOT NULL THEN
        PERFORM put_late_replies(p_replies);
    END IF;
    IF p_group IS NOT NULL THEN
        PERFORM end_lease(p_group, p_place);
    END IF;
    RETURN true;
EXCEPTION WHEN SQLSTATE 'IV001' THEN
    RETURN false;  -- what was written before is undone; the server's log has no line of it
END $$;

CREATE FUNCTION prune(p_before double precision, p_limit bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    last_row bigint; deleted bigint; calls bytea[]; gone bytea[];
BEGIN
    SELECT max(id), count(*) INTO last_row, deleted FROM (
        SELECT id, bool_and(at < p_before) OVER (ORDER BY id) AS old
        FROM (SELECT id, at FROM journal ORDER BY id LIMIT p_limit) AS first) AS marked WHERE old;
    IF deleted > 0 THEN
        PERFORM set_config('ivr.pruning', 'on', true);
        WITH removed AS (DELETE FROM journal WHERE id <= last_row RETURNING call_id)
            SELECT array_agg(DISTINCT call_id) INTO calls FROM removed;
        WITH removed AS (DELETE FROM past WHERE call_id = ANY (calls)
                AND NOT EXISTS (SELECT 1 FROM journal WHERE journal.call_id = past.call_id) RETURNING call_id)
            SELECT array_agg(call_id) INTO gone FROM removed;
        WITH removed AS (DELETE FROM replies WHERE call_id = ANY (gone) RETURNING id)
            DELETE FROM replies_of_past USING removed WHERE replies_of_past.id = removed.id;
        PERFORM set_config('ivr.pruning', 'off', true);
    END IF;
    RETURN deleted;
END $$;
CREATE FUNCTION forget_replies(p_before double precision, p_limit bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    last_reply bigint; deleted bigint;
BEGIN
    SELECT max(id), count(*) INTO last_reply, deleted FROM (
        SELECT id, bool_and(at < p_before) OVER (ORDER BY id) AS old FROM (
            SELECT id, replies.at FROM replies_of_past JOIN replies USING (id) ORDER BY id LIMIT p_limit
        ) AS first) AS marked WHERE old;
    IF deleted > 0 THEN
        WITH removed AS (DELETE FROM replies_of_past WHERE id <= last_reply RETURNING id)
            DELETE FROM replies USING removed WHERE replies.id = removed.id;
    END IF;
    RETURN deleted;
END $$;
