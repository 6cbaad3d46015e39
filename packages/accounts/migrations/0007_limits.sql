-- Quotas and budgets, what they have told, and the calendar that their windows are of.

CREATE TABLE customer_calendars (
  customer_id text COLLATE "C" NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  from_at     timestamptz NOT NULL,
  zone        text NOT NULL,
  billing_day integer NOT NULL CHECK (billing_day BETWEEN 1 AND 31),
  PRIMARY KEY (customer_id, from_at)
);
COMMENT ON TABLE customer_calendars IS 'When a customer moved to another time zone or billing day: windows and periods before it stay what they were.';

ALTER TABLE customers
  ADD COLUMN billing_day integer NOT NULL DEFAULT 1 CHECK (billing_day BETWEEN 1 AND 31);
COMMENT ON COLUMN customers.billing_day IS 'The day on which its billing period begins; in a shorter month, the last. As of its making, like zone.';

CREATE TABLE limits (
  id             text COLLATE "C" PRIMARY KEY,
  customer_id    text COLLATE "C" REFERENCES customers (id),
  scope_kind     text NOT NULL CHECK (scope_kind IN ('key', 'project', 'customer', 'organization')),
  scope_id       text COLLATE "C" NOT NULL,
  model          text,
  metric         text NOT NULL CHECK (metric IN ('requests', 'input_tokens', 'output_tokens', 'tokens', 'cost')),
  window_kind    text NOT NULL CHECK (window_kind IN ('minute', 'hour', 'day', 'week', 'month', 'billing_period', 'lifetime')),
  amount         numeric(30, 0) NOT NULL CHECK (amount >= 0),
  mode           text NOT NULL CHECK (mode IN ('block', 'alert')),
  thresholds     integer[] NOT NULL,
  allowance      numeric(30, 0) CHECK (allowance >= 0),
  refuses_events boolean NOT NULL,
  counts_from    timestamptz,
  suspended_until timestamptz,
  revision       integer NOT NULL DEFAULT 1,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  deleted_at     timestamptz,
  CONSTRAINT limits_of_the_organization_have_no_customer CHECK ((scope_kind = 'organization') = (customer_id IS NULL))
);
CREATE INDEX limits_of_customer ON limits (customer_id, id) WHERE deleted_at IS NULL;
CREATE INDEX limits_of_scope ON limits (scope_id, id) WHERE deleted_at IS NULL;
COMMENT ON COLUMN limits.customer_id IS 'Whose counters it is among: its own, or its key''s or project''s customer; null for the organization''s.';
COMMENT ON COLUMN limits.model IS 'A pattern in which * stands for any run of characters; null: every model.';
COMMENT ON COLUMN limits.amount IS 'Requests, tokens, or picounits of the customer''s currency.';
COMMENT ON COLUMN limits.thresholds IS 'Percent of the amount at which it tells.';
COMMENT ON COLUMN limits.allowance IS 'What it admits in total while its counter is not known; null: nothing.';
COMMENT ON COLUMN limits.refuses_events IS 'When it is used up, its keys may not report their own usage either.';
COMMENT ON COLUMN limits.counts_from IS 'When it was last reset: use before does not count.';
COMMENT ON COLUMN limits.suspended_until IS 'Until then it refuses nothing.';
COMMENT ON COLUMN limits.revision IS 'Grows with each change of what it counts or how much it admits: what it told before may be told again.';

CREATE TABLE limit_alerts (
  limit_id     text COLLATE "C" NOT NULL REFERENCES limits (id),
  revision     integer NOT NULL,
  window_start timestamptz NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('threshold', 'projected', 'resolved')),
  threshold    integer NOT NULL,
  used         numeric(30, 0) NOT NULL,
  amount       numeric(30, 0) NOT NULL,
  at           timestamptz NOT NULL,
  PRIMARY KEY (limit_id, revision, window_start, kind, threshold)
);
CREATE INDEX limit_alerts_by_time ON limit_alerts (limit_id, at);
COMMENT ON TABLE limit_alerts IS 'What each limit told: once for each window and threshold, whoever finds it first.';
COMMENT ON COLUMN limit_alerts.threshold IS 'Percent of the amount; 100 where the kind has no other.';

-- A change of a limit is told under whose it is, so that one answer holds all of an owner's limits.
CREATE FUNCTION tell_of_limit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('tollgate_accounts', 'limits:' || coalesce(NEW.customer_id, OLD.customer_id, 'organization'));
  RETURN NULL;
END
$$;
CREATE TRIGGER tell_of_limit AFTER INSERT OR UPDATE OR DELETE ON limits
  FOR EACH ROW EXECUTE FUNCTION tell_of_limit();
CREATE TRIGGER tell_of_limit AFTER INSERT OR UPDATE OR DELETE ON customer_calendars
  FOR EACH ROW EXECUTE FUNCTION tell_of_limit();
