-- Who is billed, who may call, and what each key may do.
--
-- Ids are text with a prefix and a ULID, compared byte by byte (COLLATE "C"), so that they sort by the time of their making.

CREATE TABLE organization (
  is_only    boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  id         text COLLATE "C" NOT NULL UNIQUE,
  name       text NOT NULL,
  currency   text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  zone       text NOT NULL,
  created_at timestamptz NOT NULL
);
COMMENT ON TABLE organization IS 'The operator: the seller on the invoice. One per deployment.';
COMMENT ON COLUMN organization.is_only IS 'Always true, and the primary key: there cannot be a second row.';
COMMENT ON COLUMN organization.currency IS 'ISO 4217.';
COMMENT ON COLUMN organization.zone IS 'IANA time zone.';

CREATE TABLE customers (
  id          text COLLATE "C" PRIMARY KEY,
  name        text NOT NULL,
  external_id text CONSTRAINT customers_external_id_is_unique UNIQUE,
  currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  zone        text NOT NULL,
  metadata    jsonb NOT NULL DEFAULT '{}',
  created_at  timestamptz NOT NULL
);
COMMENT ON TABLE customers IS 'The parties that are billed; the tenancy boundary.';
COMMENT ON COLUMN customers.external_id IS 'The operator''s own id for the customer.';
COMMENT ON COLUMN customers.currency IS 'ISO 4217.';
COMMENT ON COLUMN customers.zone IS 'IANA time zone: the calendar of its limits and invoices.';

CREATE TABLE projects (
  id          text COLLATE "C" PRIMARY KEY,
  customer_id text COLLATE "C" NOT NULL REFERENCES customers (id),
  name        text NOT NULL,
  created_at  timestamptz NOT NULL,
  CONSTRAINT projects_id_and_customer UNIQUE (id, customer_id)
);
CREATE INDEX projects_of_customer ON projects (customer_id, id);
COMMENT ON TABLE projects IS 'An optional grouping of keys inside a customer.';
COMMENT ON CONSTRAINT projects_id_and_customer ON projects IS 'What the foreign key of api_keys refers to.';

CREATE TABLE api_keys (
  id          text COLLATE "C" PRIMARY KEY,
  name        text NOT NULL,
  customer_id text COLLATE "C" REFERENCES customers (id),
  project_id  text COLLATE "C",
  mode        text NOT NULL CHECK (mode IN ('live', 'test')),
  scopes      text[] NOT NULL,
  is_enabled  boolean NOT NULL DEFAULT true,
  expires_at  timestamptz,
  metadata    jsonb NOT NULL DEFAULT '{}',
  created_at  timestamptz NOT NULL,
  CONSTRAINT api_keys_project_has_customer CHECK (project_id IS NULL OR customer_id IS NOT NULL),
  CONSTRAINT api_keys_project_of_same_customer
    FOREIGN KEY (project_id, customer_id) REFERENCES projects (id, customer_id)
);
CREATE INDEX api_keys_of_customer ON api_keys (customer_id, id);
COMMENT ON TABLE api_keys IS 'API keys, without their secrets: a key keeps its id while its secret rotates.';
COMMENT ON COLUMN api_keys.customer_id IS 'Null for the operator''s own keys.';
COMMENT ON CONSTRAINT api_keys_project_of_same_customer ON api_keys IS 'A key''s project belongs to the key''s customer.';

CREATE TABLE api_key_secrets (
  digest     bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
  key_id     text COLLATE "C" NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL
);
CREATE INDEX api_key_secrets_of_key ON api_key_secrets (key_id);
COMMENT ON TABLE api_key_secrets IS 'The secrets by which a key may be used. Never the secret itself.';
COMMENT ON COLUMN api_key_secrets.digest IS 'HMAC-SHA-256 of the secret under the pepper, which is not in this database.';

CREATE TABLE event_logs (
  epoch    integer PRIMARY KEY CHECK (epoch > 0),
  identity text NOT NULL UNIQUE
);
COMMENT ON TABLE event_logs IS 'Every event log that the deployment ever used, numbered in the order of their first use.';

CREATE TABLE idempotency_keys (
  caller_id    text COLLATE "C" NOT NULL,
  key          text NOT NULL,
  request_hash bytea NOT NULL,
  answer       bytea NOT NULL,
  expires_at   timestamptz NOT NULL,
  PRIMARY KEY (caller_id, key)
);
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);
COMMENT ON TABLE idempotency_keys IS 'Answers to requests that carried an Idempotency-Key, written in the transaction of their effect.';
COMMENT ON COLUMN idempotency_keys.caller_id IS 'The API key that asked: another caller''s keys are its own.';
COMMENT ON COLUMN idempotency_keys.request_hash IS 'SHA-256 of method, path and body: another request under the same key is refused.';
COMMENT ON COLUMN idempotency_keys.answer IS 'The answer, encrypted: it may show a secret, which is otherwise never stored.';

-- Tells every process which key or customer changed. Delivered after commit, and only then.
CREATE FUNCTION tell_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('tollgate_accounts', coalesce(to_jsonb(NEW), to_jsonb(OLD)) ->> TG_ARGV[0]);
  RETURN NULL;
END
$$;
CREATE TRIGGER tell_of_change AFTER INSERT OR UPDATE OR DELETE ON customers
  FOR EACH ROW EXECUTE FUNCTION tell_of_change('id');
CREATE TRIGGER tell_of_change AFTER INSERT OR UPDATE OR DELETE ON api_keys
  FOR EACH ROW EXECUTE FUNCTION tell_of_change('id');
CREATE TRIGGER tell_of_change AFTER INSERT OR UPDATE OR DELETE ON api_key_secrets
  FOR EACH ROW EXECUTE FUNCTION tell_of_change('key_id');
