-- Sessions of people who signed in to the dashboard, and the links by which an operator lets a customer in.

CREATE TABLE sessions (
  id          text COLLATE "C" PRIMARY KEY,
  digest      bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
  key_id      text COLLATE "C" NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  secret_id   text COLLATE "C",
  customer_id text COLLATE "C" REFERENCES customers (id),
  is_portal   boolean NOT NULL,
  scopes      text[],
  created_at  timestamptz NOT NULL,
  used_at     timestamptz NOT NULL,
  idle_ms     bigint NOT NULL CHECK (idle_ms > 0),
  expires_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  address     text NOT NULL,
  user_agent  text NOT NULL,
  CHECK (is_portal = (secret_id IS NULL)),
  CHECK (NOT is_portal OR (customer_id IS NOT NULL AND scopes IS NOT NULL))
);
CREATE INDEX sessions_of_key ON sessions (key_id, id);
CREATE INDEX sessions_of_customer ON sessions (customer_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
COMMENT ON TABLE sessions IS 'Who is signed in. A row stays until its session would have expired, so that one that has ended is told from one that never was.';
COMMENT ON COLUMN sessions.digest IS 'SHA-256 of the token in the cookie. Never the token itself.';
COMMENT ON COLUMN sessions.key_id IS 'Whose permissions it has, as they are at the moment; of a portal session, the operator''s key that made the link.';
COMMENT ON COLUMN sessions.secret_id IS 'The secret that was exchanged: the session ends with it.';
COMMENT ON COLUMN sessions.customer_id IS 'The customer that it sees; null: the operator''s.';
COMMENT ON COLUMN sessions.scopes IS 'What of the key''s scopes it has; null: all.';
COMMENT ON COLUMN sessions.used_at IS 'Written every half minute at most.';
COMMENT ON COLUMN sessions.idle_ms IS 'Unused for so long, it has ended.';

-- Told when it ends, not each time it is used.
CREATE TRIGGER tell_of_change AFTER UPDATE OF ended_at ON sessions
  FOR EACH ROW EXECUTE FUNCTION tell_of_change('id');

-- Whoever disables a key means all that was obtained with it; enabling it again brings none of it back.
CREATE FUNCTION end_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sessions SET ended_at = now() WHERE key_id = NEW.id AND ended_at IS NULL;
  DELETE FROM portal_links WHERE key_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER end_sessions AFTER UPDATE OF is_enabled ON api_keys
  FOR EACH ROW WHEN (OLD.is_enabled AND NOT NEW.is_enabled) EXECUTE FUNCTION end_sessions();

CREATE TABLE portal_links (
  id          text COLLATE "C" PRIMARY KEY,
  digest      bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
  key_id      text COLLATE "C" NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  customer_id text COLLATE "C" NOT NULL REFERENCES customers (id),
  scopes      text[] NOT NULL,
  session_ms  bigint NOT NULL CHECK (session_ms > 0),
  expires_at  timestamptz NOT NULL
);
CREATE INDEX portal_links_by_expiry ON portal_links (expires_at);
CREATE INDEX portal_links_of_key ON portal_links (key_id);
COMMENT ON TABLE portal_links IS 'Links that were made and not yet used: using one removes it.';
COMMENT ON COLUMN portal_links.session_ms IS 'How long the session lasts that it opens.';
