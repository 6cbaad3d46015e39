-- Signing keys, refresh tokens, and access tokens that were revoked before their end.

CREATE TABLE signing_keys (
  id                 text COLLATE "C" PRIMARY KEY,
  algorithm          text NOT NULL CHECK (algorithm IN ('EdDSA', 'ES256', 'RS256')),
  public_jwk         jsonb NOT NULL,
  sealed_private_key bytea,
  created_at         timestamptz NOT NULL,
  signs_from         timestamptz NOT NULL,
  signs_until        timestamptz,
  token_life_max_ms  bigint NOT NULL CHECK (token_life_max_ms > 0),
  retired_at         timestamptz
);
COMMENT ON TABLE signing_keys IS 'What access tokens are signed with. The state of a key follows from its times alone.';
COMMENT ON COLUMN signing_keys.id IS '`kid`: the JWK thumbprint (RFC 7638).';
COMMENT ON COLUMN signing_keys.sealed_private_key IS 'PKCS #8 under AES-256-GCM, whose key is not in this database; erased once it signs no more.';
COMMENT ON COLUMN signing_keys.signs_from IS 'Before, it is only published.';
COMMENT ON COLUMN signing_keys.signs_until IS 'Null while no other key was made to follow it.';
COMMENT ON COLUMN signing_keys.token_life_max_ms IS 'The longest that a token which it signed can live: so long it verifies after it signs no more.';
COMMENT ON COLUMN signing_keys.retired_at IS 'When it was retired out of turn.';

CREATE TABLE refresh_families (
  id              text COLLATE "C" PRIMARY KEY,
  key_id          text COLLATE "C" NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  secret_id       text COLLATE "C",
  scopes          text[] NOT NULL,
  expires_at      timestamptz NOT NULL,
  current_digest  bytea NOT NULL CHECK (octet_length(current_digest) = 32),
  previous_digest bytea CHECK (octet_length(previous_digest) = 32),
  exchanged_at    timestamptz,
  was_forgiven    boolean NOT NULL DEFAULT false,
  exchanges       integer NOT NULL DEFAULT 0
);
CREATE INDEX refresh_families_of_key ON refresh_families (key_id, id);
CREATE INDEX refresh_families_by_expiry ON refresh_families (expires_at);
COMMENT ON TABLE refresh_families IS 'Refresh tokens that followed one another from one grant. One of them is good at any time.';
COMMENT ON COLUMN refresh_families.secret_id IS 'The secret that the last answer was given for: the family ends with it.';
COMMENT ON COLUMN refresh_families.current_digest IS 'SHA-256 of the token that is good.';
COMMENT ON COLUMN refresh_families.previous_digest IS 'Of the token that it took the place of.';
COMMENT ON COLUMN refresh_families.exchanged_at IS 'When that was.';
COMMENT ON COLUMN refresh_families.was_forgiven IS 'The previous token was exchanged a second time, since the first answer was lost.';

-- Whoever disables a key means all that was obtained with it; enabling it again brings none of it back.
CREATE FUNCTION end_refresh_families() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM refresh_families WHERE key_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER end_refresh_families AFTER UPDATE OF is_enabled ON api_keys
  FOR EACH ROW WHEN (OLD.is_enabled AND NOT NEW.is_enabled) EXECUTE FUNCTION end_refresh_families();

CREATE TABLE refresh_tokens (
  digest            bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
  family_id         text COLLATE "C" NOT NULL REFERENCES refresh_families (id) ON DELETE CASCADE,
  access_token_id   text COLLATE "C" NOT NULL,
  access_expires_at timestamptz NOT NULL
);
CREATE INDEX refresh_tokens_of_family ON refresh_tokens (family_id);
COMMENT ON TABLE refresh_tokens IS 'Every refresh token of a family that has not ended, so that the use of an old one shows. Never the token itself.';
COMMENT ON COLUMN refresh_tokens.access_token_id IS 'The access token of the same answer: revoked together.';

CREATE TABLE revoked_tokens (
  id         text COLLATE "C" PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at);
COMMENT ON TABLE revoked_tokens IS 'Access tokens that are refused although they have not expired, by `jti`, until they have.';

CREATE FUNCTION tell_of_signing_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('tollgate_accounts', 'signing_keys');
  RETURN NULL;
END
$$;
CREATE TRIGGER tell_of_signing_keys AFTER INSERT OR UPDATE OR DELETE ON signing_keys
  FOR EACH STATEMENT EXECUTE FUNCTION tell_of_signing_keys();
CREATE TRIGGER tell_of_change AFTER INSERT ON revoked_tokens
  FOR EACH ROW EXECUTE FUNCTION tell_of_change('id');
