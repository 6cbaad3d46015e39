-- What things cost: immutable, dated versions. A correction is a further version, never a change.

CREATE TABLE prices (
  sequence             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id                   text COLLATE "C" NOT NULL UNIQUE,
  customer_id          text COLLATE "C" REFERENCES customers (id),
  provider             text NOT NULL CHECK (provider <> ''),
  model                text NOT NULL CHECK (model <> ''),
  class                text NOT NULL,
  service_tier         text NOT NULL CHECK (service_tier IN ('standard', 'batch', 'flex', 'priority')),
  context_threshold    bigint CHECK (context_threshold >= 0),
  context_is_inclusive boolean,
  region               text CHECK (region <> ''),
  currency             text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  amount_micros        bigint CHECK (amount_micros >= 0),
  source               text,
  note                 text,
  effective_from       timestamptz NOT NULL,
  effective_to         timestamptz CHECK (effective_to > effective_from),
  known_from           timestamptz NOT NULL,
  created_at           timestamptz NOT NULL,
  created_by           text COLLATE "C",
  CONSTRAINT prices_context_is_whole CHECK ((context_threshold IS NULL) = (context_is_inclusive IS NULL))
);
CREATE INDEX prices_of_customer ON prices (customer_id, id);
CREATE INDEX prices_of_model ON prices (lower(provider), lower(model), id);
COMMENT ON TABLE prices IS 'Versions of prices. Append-only.';
COMMENT ON COLUMN prices.sequence IS 'In the order of commits: whoever inserts holds a lock until the commit. A reader asks for what is after the last it has.';
COMMENT ON COLUMN prices.customer_id IS 'Null: the list''s, for all customers.';
COMMENT ON COLUMN prices.provider IS 'As in events, or * for any.';
COMMENT ON COLUMN prices.model IS 'A name, gpt-4o* for all that begin so, or * for any.';
COMMENT ON COLUMN prices.class IS 'A token class, requests, web_searches, or meter:SLUG.';
COMMENT ON COLUMN prices.context_threshold IS 'Holds only for requests with an input over (or from) this many tokens; null: for all.';
COMMENT ON COLUMN prices.amount_micros IS 'Millionths of the currency''s unit for a million tokens, or for one of what is no token. Null: the price ends.';
COMMENT ON COLUMN prices.effective_from IS 'By the time of the event.';
COMMENT ON COLUMN prices.effective_to IS 'Exclusive. Null: until another version follows.';
COMMENT ON COLUMN prices.known_from IS 'Records received before do not know the version, so that counting them again gives the cost they had.';
COMMENT ON COLUMN prices.created_by IS 'The API key; null: shipped with the system.';

CREATE TABLE markups (
  sequence       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id             text COLLATE "C" NOT NULL UNIQUE,
  customer_id    text COLLATE "C" REFERENCES customers (id),
  provider       text NOT NULL CHECK (provider <> ''),
  model          text NOT NULL CHECK (model <> ''),
  currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  to_currency    text NOT NULL CHECK (to_currency ~ '^[A-Z]{3}$'),
  percent_micros bigint CHECK (percent_micros >= -100000000),
  rate_nanos     bigint NOT NULL CHECK (rate_nanos > 0),
  note           text,
  effective_from timestamptz NOT NULL,
  effective_to   timestamptz CHECK (effective_to > effective_from),
  known_from     timestamptz NOT NULL,
  created_at     timestamptz NOT NULL,
  created_by     text COLLATE "C",
  CONSTRAINT markups_rate_is_between_currencies CHECK (currency <> to_currency OR rate_nanos = 1000000000)
);
CREATE INDEX markups_of_customer ON markups (customer_id, id);
COMMENT ON TABLE markups IS 'Versions of what makes customers'' prices from list prices. Append-only; columns as in prices.';
COMMENT ON COLUMN markups.currency IS 'Of the list prices that it is applied to.';
COMMENT ON COLUMN markups.to_currency IS 'Of the prices that it makes.';
COMMENT ON COLUMN markups.percent_micros IS 'Millionths of a hundredth: 20 % is 20000000. Null: the mark-up ends.';
COMMENT ON COLUMN markups.rate_nanos IS 'Billionths of to_currency for one of currency.';

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON prices FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON prices FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON markups FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON markups FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One word for however many versions a statement adds: an import would otherwise tell thousands of times.
CREATE FUNCTION tell_of_prices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('tollgate_accounts', 'prices');
  RETURN NULL;
END
$$;
CREATE TRIGGER tell_of_prices AFTER INSERT ON prices FOR EACH STATEMENT EXECUTE FUNCTION tell_of_prices();
CREATE TRIGGER tell_of_prices AFTER INSERT ON markups FOR EACH STATEMENT EXECUTE FUNCTION tell_of_prices();
