-- Refused requests by minute, and the bursts among them.

CREATE TABLE refusals (
  minute  timestamptz NOT NULL,
  source  text NOT NULL,
  code    text NOT NULL,
  service text NOT NULL,
  key_id  text COLLATE "C" NOT NULL,
  count   bigint NOT NULL CHECK (count > 0),
  PRIMARY KEY (minute, source, code, service, key_id)
);
CREATE INDEX refusals_of_key ON refusals (key_id, minute) WHERE key_id <> '';
COMMENT ON TABLE refusals IS 'How many requests were refused. Kept for 14 days.';
COMMENT ON COLUMN refusals.source IS 'A v4 address, the /64 of a v6 address, or other: what came past the bound of a process.';
COMMENT ON COLUMN refusals.key_id IS 'Empty where the credential did not say, or was none.';

CREATE TABLE refusal_bursts (
  source     text PRIMARY KEY,
  started_at timestamptz NOT NULL,
  last_at    timestamptz NOT NULL
);
COMMENT ON TABLE refusal_bursts IS 'The latest burst of each source, so that one that goes on is told once.';
COMMENT ON COLUMN refusal_bursts.started_at IS 'The first minute that had enough refusals.';
COMMENT ON COLUMN refusal_bursts.last_at IS 'The latest one.';
