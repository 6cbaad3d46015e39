-- The whole life of an API key: what it may do, two secrets while one rotates, when it was used, and its end.

ALTER TABLE customers
  ADD COLUMN suspended_at      timestamptz,
  ADD COLUMN suspension_reason text,
  ADD COLUMN keys_max          integer NOT NULL DEFAULT 1000 CHECK (keys_max >= 0),
  ADD COLUMN key_scopes        text[];
COMMENT ON COLUMN customers.suspended_at IS 'Since when its keys are refused; null: they are not.';
COMMENT ON COLUMN customers.suspension_reason IS 'Why, in the words of who suspended it.';
COMMENT ON COLUMN customers.keys_max IS 'How many keys it may have at most by making them itself.';
COMMENT ON COLUMN customers.key_scopes IS 'The scopes that its keys may grant; null: all that they hold.';

ALTER TABLE projects ADD COLUMN deleted_at timestamptz;
COMMENT ON COLUMN projects.deleted_at IS 'The row stays: keys that were deleted, and usage, still name it.';

ALTER TABLE api_keys
  ADD COLUMN allowed_models      text[],
  ADD COLUMN allowed_ips         text[],
  ADD COLUMN requests_per_minute integer CHECK (requests_per_minute > 0),
  ADD COLUMN tokens_per_minute   integer CHECK (tokens_per_minute > 0),
  ADD COLUMN deleted_at          timestamptz;
CREATE INDEX api_keys_of_project ON api_keys (project_id, id) WHERE project_id IS NOT NULL;
COMMENT ON COLUMN api_keys.allowed_models IS 'Patterns in which * stands for any run of characters; null: every model.';
COMMENT ON COLUMN api_keys.allowed_ips IS 'Canonical CIDR ranges, v4 and v6; null: from everywhere.';
COMMENT ON COLUMN api_keys.deleted_at IS 'The row stays, so that its usage has an owner and its id is never given again.';

ALTER TABLE api_key_secrets
  ADD COLUMN id         text COLLATE "C",
  ADD COLUMN hint       text,
  ADD COLUMN retires_at timestamptz,
  ADD COLUMN expires_at timestamptz,
  ADD CONSTRAINT api_key_secrets_retire_before_they_expire CHECK (
    (retires_at IS NULL) = (expires_at IS NULL) AND (retires_at IS NULL OR retires_at <= expires_at)
  );
-- Until now a key had one secret, so the key's own ULID is free to name it.
UPDATE api_key_secrets SET id = 'sec_' || substr(key_id, 5);
ALTER TABLE api_key_secrets
  ALTER COLUMN id SET NOT NULL,
  ADD CONSTRAINT api_key_secrets_id_is_unique UNIQUE (id);
COMMENT ON COLUMN api_key_secrets.hint IS 'Its last four characters, for people; null where they were not kept.';
COMMENT ON COLUMN api_key_secrets.retires_at IS 'From when it counts as the old secret; null: it is the current one.';
COMMENT ON COLUMN api_key_secrets.expires_at IS 'From when it is refused: the end of its grace.';

CREATE TABLE api_key_uses (
  key_id        text COLLATE "C" NOT NULL,
  credential_id text COLLATE "C" NOT NULL,
  used_at       timestamptz NOT NULL,
  address       text,
  PRIMARY KEY (key_id, credential_id)
);
COMMENT ON TABLE api_key_uses IS 'The last use of each key by each of its credentials. Apart and without a trigger: nobody is told of it.';
COMMENT ON COLUMN api_key_uses.credential_id IS 'The id of the secret; the key''s own for its access tokens.';
COMMENT ON COLUMN api_key_uses.address IS 'From where; null where it is not known.';

CREATE TABLE operator_key_resets (
  label   text PRIMARY KEY,
  key_id  text COLLATE "C" NOT NULL REFERENCES api_keys (id),
  made_at timestamptz NOT NULL
);
COMMENT ON TABLE operator_key_resets IS 'Each reset of the operator''s key that was asked for at a start, so that the next start does not repeat it.';
