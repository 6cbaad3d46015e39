-- How each key is used, as far as unusual use has to be told from it, and what was told.

CREATE TABLE key_activity (
  key_id        text COLLATE "C" PRIMARY KEY,
  first_used_at timestamptz NOT NULL,
  requests      bigint NOT NULL,
  touched_at    timestamptz NOT NULL
);
CREATE INDEX key_activity_by_touch ON key_activity (touched_at);
COMMENT ON TABLE key_activity IS 'The use of each key since it is known.';
COMMENT ON COLUMN key_activity.touched_at IS 'When the row was written last, by the clock of the database.';

CREATE TABLE key_networks (
  key_id        text COLLATE "C" NOT NULL,
  network       text NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at  timestamptz NOT NULL,
  PRIMARY KEY (key_id, network)
);
CREATE INDEX key_networks_by_last ON key_networks (last_seen_at);
COMMENT ON TABLE key_networks IS 'From where each key was used. Kept for 90 days after the last use.';
COMMENT ON COLUMN key_networks.network IS 'The /24 of a v4 address, the /48 of a v6 address.';

CREATE TABLE key_hours (
  key_id   text COLLATE "C" NOT NULL,
  hour     timestamptz NOT NULL,
  requests bigint NOT NULL,
  PRIMARY KEY (key_id, hour)
);
CREATE INDEX key_hours_by_hour ON key_hours (hour);
COMMENT ON TABLE key_hours IS 'Requests of each key by hour of the clock. Kept for 8 days.';

CREATE TABLE alerts (
  id          text COLLATE "C" PRIMARY KEY,
  key_id      text COLLATE "C" NOT NULL REFERENCES api_keys (id),
  customer_id text COLLATE "C",
  rule        text NOT NULL,
  time_window text NOT NULL,
  facts       json NOT NULL,
  detail      text NOT NULL,
  created_at  timestamptz NOT NULL,
  CONSTRAINT alerts_are_told_once UNIQUE (key_id, rule, time_window)
);
CREATE INDEX alerts_of_customer ON alerts (customer_id, id);
COMMENT ON TABLE alerts IS 'Unusual use of keys: each rule once for a key and window.';
COMMENT ON COLUMN alerts.time_window IS 'What the alert is about once: an hour, a day, or a secret.';
