-- Rating past usage anew: asked for, rated, and applied or not.

CREATE TABLE rerates (
  id            text COLLATE "C" PRIMARY KEY,
  start_at      timestamptz NOT NULL,
  end_at        timestamptz NOT NULL CHECK (end_at > start_at),
  filter        jsonb NOT NULL,
  is_dry_run    boolean NOT NULL,
  reason        text NOT NULL,
  state         text NOT NULL CHECK (state IN ('rating', 'rated', 'applying', 'applied', 'cancelled', 'failed')),
  known_at      timestamptz NOT NULL,
  created_at    timestamptz NOT NULL,
  created_by    text COLLATE "C" NOT NULL,
  finished_at   timestamptz,
  examined      bigint NOT NULL DEFAULT 0,
  changed       bigint NOT NULL DEFAULT 0,
  applied       bigint NOT NULL DEFAULT 0,
  skipped       bigint NOT NULL DEFAULT 0,
  place         jsonb,
  worker        text,
  worker_until  timestamptz,
  CONSTRAINT rerates_applied_one_at_a_time EXCLUDE USING gist (tstzrange(start_at, end_at) WITH &&) WHERE (state = 'applying')
);
CREATE INDEX rerates_to_work_on ON rerates (created_at) WHERE state IN ('rating', 'applying');
COMMENT ON TABLE rerates IS 'Jobs that rate past usage anew. What they found lies in the warehouse.';
COMMENT ON COLUMN rerates.filter IS 'Fields of usage with the values that are asked for, and whether only what has no price.';
COMMENT ON COLUMN rerates.is_dry_run IS 'True: waits for the act after it has rated. False: applies what it found.';
COMMENT ON COLUMN rerates.known_at IS 'Prices that became known until then are what is rated by: all that were written before the job.';
COMMENT ON COLUMN rerates.created_by IS 'The API key.';
COMMENT ON COLUMN rerates.examined IS 'Rows that were rated so far.';
COMMENT ON COLUMN rerates.changed IS 'Of them, rows that get another cost.';
COMMENT ON COLUMN rerates.applied IS 'Rows that stand as they were rated.';
COMMENT ON COLUMN rerates.skipped IS 'Rows that were to change and had changed otherwise meanwhile, or are in a closed period by now.';
COMMENT ON COLUMN rerates.place IS 'How far the present state has come: customer, hour, and event while it is rating.';
COMMENT ON COLUMN rerates.worker IS 'Who works on it, until `worker_until`; then another may.';

CREATE TABLE closed_periods (
  customer_id text COLLATE "C" NOT NULL REFERENCES customers (id),
  period      tstzrange NOT NULL CHECK (NOT isempty(period) AND NOT lower_inf(period) AND NOT upper_inf(period)),
  invoice_id  text COLLATE "C" NOT NULL,
  PRIMARY KEY (customer_id, period)
);
COMMENT ON TABLE closed_periods IS 'Periods of customers whose usage is on a finalized invoice: its cost never changes any more.';
