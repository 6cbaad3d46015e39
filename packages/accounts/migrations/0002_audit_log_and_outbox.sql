-- What was done, by whom and from where, so that tampering shows; and what others have to be told of.

CREATE TABLE audit_log (
  sequence     bigint PRIMARY KEY CHECK (sequence > 0),
  at           timestamptz NOT NULL,
  action       text NOT NULL,
  actor_key_id text COLLATE "C",
  customer_id  text COLLATE "C",
  subject_type text NOT NULL,
  subject_id   text COLLATE "C" NOT NULL,
  address      text,
  request_id   text,
  before       json,
  after        json,
  reason       text,
  fact         text CONSTRAINT audit_log_fact_is_told_once UNIQUE,
  hash_key     text NOT NULL,
  hash         bytea NOT NULL CHECK (octet_length(hash) = 32)
);
CREATE INDEX audit_log_of_customer ON audit_log (customer_id, sequence);
CREATE INDEX audit_log_of_subject ON audit_log (subject_id, sequence);
CREATE INDEX audit_log_of_actor ON audit_log (actor_key_id, sequence);
CREATE INDEX audit_log_of_action ON audit_log (action, sequence);
CREATE INDEX audit_log_by_time ON audit_log (at);
COMMENT ON TABLE audit_log IS 'Every administrative act. Append-only, numbered without gaps, each row chained to the one before.';
COMMENT ON COLUMN audit_log.actor_key_id IS 'Null: the system itself, or somebody without a key.';
COMMENT ON COLUMN audit_log.customer_id IS 'Whose thing it was; null for the operator''s.';
COMMENT ON COLUMN audit_log.address IS 'Where the request came from; null for what no request asked for.';
COMMENT ON COLUMN audit_log.before IS 'Not jsonb: the text that was hashed is kept to the letter.';
COMMENT ON COLUMN audit_log.fact IS 'Names the fact where it may be reported more than once: it is entered once.';
COMMENT ON COLUMN audit_log.hash_key IS 'Which key the hash is made with, by its fingerprint.';
COMMENT ON COLUMN audit_log.hash IS 'HMAC-SHA-256 of the hash of the row before and the canonical JSON of this one.';

CREATE TABLE audit_head (
  is_only  boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  sequence bigint NOT NULL,
  hash     bytea NOT NULL
);
COMMENT ON TABLE audit_head IS 'The last entry of the audit log. Locked by whoever appends, so that the chain has one end.';
INSERT INTO audit_head (sequence, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_removal BEFORE DELETE ON audit_head
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON audit_head
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE outbox (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type        text NOT NULL,
  customer_id text COLLATE "C",
  data        json NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE outbox IS 'Facts that others are told of by webhook, written in the transaction of each fact.';
COMMENT ON COLUMN outbox.id IS 'In the order of writing, which is not the order of commits.';
COMMENT ON COLUMN outbox.type IS 'A webhook type.';
COMMENT ON COLUMN outbox.customer_id IS 'Whose thing it is; null for what concerns the operator alone.';
