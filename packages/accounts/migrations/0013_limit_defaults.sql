-- Who set a limit, and the limits that each new key of a customer gets.

ALTER TABLE limits
  ADD COLUMN set_by text NOT NULL DEFAULT 'operator' CHECK (set_by IN ('operator', 'customer'));
ALTER TABLE limits ALTER COLUMN set_by DROP DEFAULT;
COMMENT ON COLUMN limits.set_by IS 'What the operator set, no key of the customer changes.';

CREATE TABLE limit_defaults (
  id             text COLLATE "C" PRIMARY KEY,
  customer_id    text COLLATE "C" NOT NULL REFERENCES customers (id),
  set_by         text NOT NULL CHECK (set_by IN ('operator', 'customer')),
  model          text,
  metric         text NOT NULL CHECK (metric IN ('requests', 'input_tokens', 'output_tokens', 'tokens', 'cost')),
  window_kind    text NOT NULL CHECK (window_kind IN ('minute', 'hour', 'day', 'week', 'month', 'billing_period', 'lifetime')),
  amount         numeric(30, 0) NOT NULL CHECK (amount >= 0),
  mode           text NOT NULL CHECK (mode IN ('block', 'alert')),
  thresholds     integer[] NOT NULL,
  allowance      numeric(30, 0) CHECK (allowance >= 0),
  refuses_events boolean NOT NULL,
  created_at     timestamptz NOT NULL,
  deleted_at     timestamptz
);
CREATE INDEX limit_defaults_of_customer ON limit_defaults (customer_id, id) WHERE deleted_at IS NULL;
COMMENT ON TABLE limit_defaults IS 'What each key that is made for a customer gets as a limit of its own. The columns are those of limits.';
