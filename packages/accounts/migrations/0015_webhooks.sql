-- Webhooks: who is told, what, and how each delivery went.

CREATE TABLE webhook_endpoints (
  id                  text COLLATE "C" PRIMARY KEY,
  customer_id         text COLLATE "C" REFERENCES customers (id),
  url                 text NOT NULL,
  types               text[],
  description         text NOT NULL,
  is_enabled          boolean NOT NULL,
  disabled_reason     text CHECK (disabled_reason IN ('gone', 'failing')),
  sealed              bytea,
  header_names        text[] NOT NULL,
  secret_created_at   timestamptz NOT NULL,
  previous_expires_at timestamptz,
  last_order          bigint NOT NULL DEFAULT 0,
  failing_since       timestamptz,
  failures_in_a_row   integer NOT NULL DEFAULT 0,
  created_at          timestamptz NOT NULL,
  deleted_at          timestamptz,
  CHECK (deleted_at IS NOT NULL OR sealed IS NOT NULL)
);
CREATE INDEX webhook_endpoints_of_customer ON webhook_endpoints (customer_id, id) WHERE deleted_at IS NULL;
COMMENT ON TABLE webhook_endpoints IS 'Where facts are sent to. Locked before its deliveries, by whoever locks both.';
COMMENT ON COLUMN webhook_endpoints.customer_id IS 'Whose facts it is told; null: the operator''s, and it is told all.';
COMMENT ON COLUMN webhook_endpoints.types IS 'Null: every type, also those to come.';
COMMENT ON COLUMN webhook_endpoints.disabled_reason IS 'Why, where nobody chose to disable it.';
COMMENT ON COLUMN webhook_endpoints.sealed IS 'Its secrets and its headers'' values under AES-256-GCM, whose key is not in this database; erased when it is deleted.';
COMMENT ON COLUMN webhook_endpoints.previous_expires_at IS 'Until when the secret before the current one signs too.';
COMMENT ON COLUMN webhook_endpoints.last_order IS 'The number of its last delivery: they are numbered from 1 without gaps.';
COMMENT ON COLUMN webhook_endpoints.failing_since IS 'Of the first failure since it last took something.';

CREATE TABLE webhook_messages (
  id          text COLLATE "C" PRIMARY KEY,
  type        text NOT NULL,
  customer_id text COLLATE "C",
  body        text NOT NULL,
  created_at  timestamptz NOT NULL
);
CREATE INDEX webhook_messages_by_time ON webhook_messages (created_at, id);
COMMENT ON TABLE webhook_messages IS 'What was told, once for each fact, whoever was there to hear it.';
COMMENT ON COLUMN webhook_messages.id IS '`webhook-id`: the same in every attempt and for every endpoint.';
COMMENT ON COLUMN webhook_messages.body IS 'To the byte what is signed and sent.';

CREATE TABLE webhook_deliveries (
  id             text COLLATE "C" PRIMARY KEY,
  message_id     text COLLATE "C" NOT NULL REFERENCES webhook_messages (id) ON DELETE CASCADE,
  endpoint_id    text COLLATE "C" NOT NULL REFERENCES webhook_endpoints (id),
  endpoint_order bigint NOT NULL,
  state          text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  failures       integer NOT NULL DEFAULT 0,
  next_at        timestamptz CHECK ((next_at IS NULL) = (state <> 'pending')),
  lease_id       text,
  created_at     timestamptz NOT NULL,
  delivered_at   timestamptz,
  UNIQUE (message_id, endpoint_id)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries (endpoint_id, id);
COMMENT ON TABLE webhook_deliveries IS 'One message for one endpoint.';
COMMENT ON COLUMN webhook_deliveries.failures IS 'Since it was queued, or queued again: its place in the schedule.';
COMMENT ON COLUMN webhook_deliveries.next_at IS 'When it is due. Of one that is being sent: when it is due again should the sender die.';
COMMENT ON COLUMN webhook_deliveries.lease_id IS 'Names the claim of whoever sends it: a sender that was late changes nothing.';

CREATE TABLE webhook_attempts (
  delivery_id text COLLATE "C" NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
  id          bigint GENERATED ALWAYS AS IDENTITY,
  at          timestamptz NOT NULL,
  duration_ms integer NOT NULL,
  status      integer,
  error       text,
  next_at     timestamptz,
  PRIMARY KEY (delivery_id, id)
);
COMMENT ON TABLE webhook_attempts IS 'How each attempt went. What the receiver answered beside its status is not kept.';
COMMENT ON COLUMN webhook_attempts.error IS 'Why there is no status: a class, never a text from elsewhere.';
COMMENT ON COLUMN webhook_attempts.next_at IS 'When it was to be tried again; null when it was not.';
