-- Invoices and what became of them: figures that never change, numbers without gaps, a ledger that adds up.

CREATE TABLE document_series (
  series        text COLLATE "C" PRIMARY KEY CHECK (series <> ''),
  last_sequence bigint NOT NULL,
  last_hash     text NOT NULL CHECK (last_hash ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE document_series IS 'The last number of each series of invoices or credit notes. Locked by whoever takes the next one until it commits.';
COMMENT ON COLUMN document_series.last_sequence IS '0 before the first document.';
COMMENT ON COLUMN document_series.last_hash IS 'Of the last document; zeros before the first one.';

CREATE TABLE invoices (
  id             text COLLATE "C" PRIMARY KEY,
  customer_id    text COLLATE "C" NOT NULL REFERENCES customers (id),
  start_at       timestamptz NOT NULL,
  end_at         timestamptz NOT NULL CHECK (end_at > start_at),
  zone           text NOT NULL,
  currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  state          text NOT NULL CHECK (state IN ('draft', 'finalized', 'paid', 'uncollectible', 'void')),
  drafted_at     timestamptz NOT NULL,
  finalizes_at   timestamptz,
  refusal        json,
  series         text COLLATE "C" REFERENCES document_series (series),
  sequence       bigint,
  number         text COLLATE "C" CONSTRAINT invoices_number_is_unique UNIQUE,
  finalized_at   timestamptz,
  due_at         timestamptz,
  content        text,
  subtotal_minor bigint,
  total_minor    bigint,
  due_minor      bigint CHECK (due_minor >= 0),
  basis          json,
  hash           text CHECK (hash ~ '^[0-9a-f]{64}$'),
  previous_hash  text,
  coupon_ids     text[] COLLATE "C",
  settled_at     timestamptz,
  settled_reason text,
  CONSTRAINT invoices_numbered_once UNIQUE (series, sequence),
  CONSTRAINT invoices_snapshot_is_whole CHECK (
    num_nonnulls(series, sequence, number, finalized_at, due_at, content, subtotal_minor, total_minor, due_minor, basis, hash,
      previous_hash, coupon_ids) = CASE state WHEN 'draft' THEN 0 ELSE 13 END
  ),
  CONSTRAINT invoices_settled_at_a_time CHECK ((state IN ('draft', 'finalized')) = (settled_at IS NULL)),
  CONSTRAINT invoices_one_of_a_period
    EXCLUDE USING gist (customer_id WITH =, tstzrange(start_at, end_at) WITH &&) WHERE (state <> 'void')
);
CREATE INDEX invoices_of_customer ON invoices (customer_id, id);
CREATE INDEX invoices_by_end ON invoices (end_at, id);
CREATE INDEX invoices_to_finalize ON invoices (finalizes_at) WHERE state = 'draft';
COMMENT ON TABLE invoices IS 'A draft has no figures. What is finalized never changes any more but in what became of it.';
COMMENT ON COLUMN invoices.start_at IS 'Of its period.';
COMMENT ON COLUMN invoices.end_at IS 'Of its period; exclusive.';
COMMENT ON COLUMN invoices.zone IS 'IANA time zone, in which the period is one.';
COMMENT ON COLUMN invoices.currency IS 'ISO 4217; amounts are in its minor units.';
COMMENT ON COLUMN invoices.finalizes_at IS 'When it is finalized by itself; null: by an explicit act only.';
COMMENT ON COLUMN invoices.refusal IS 'Why the last attempt to finalize it was refused; null: it was not.';
COMMENT ON COLUMN invoices.series IS 'The prefix of its number.';
COMMENT ON COLUMN invoices.sequence IS 'In the series, from 1, without gaps.';
COMMENT ON COLUMN invoices.content IS 'The canonical JSON, byte for byte: not json, which may write it in another way.';
COMMENT ON COLUMN invoices.basis IS 'What it was calculated from besides events.';
COMMENT ON COLUMN invoices.hash IS 'SHA-256 in hexadecimal over the hash before it in the series, as text, and the content.';
COMMENT ON COLUMN invoices.coupon_ids IS 'The coupons in the content, written by the database.';
COMMENT ON COLUMN invoices.settled_at IS 'When it was paid, given up or made void.';

CREATE TABLE credit_notes (
  id            text COLLATE "C" PRIMARY KEY,
  customer_id   text COLLATE "C" NOT NULL REFERENCES customers (id),
  invoice_id    text COLLATE "C" NOT NULL REFERENCES invoices (id),
  series        text COLLATE "C" NOT NULL REFERENCES document_series (series),
  sequence      bigint NOT NULL,
  number        text COLLATE "C" NOT NULL CONSTRAINT credit_notes_number_is_unique UNIQUE,
  issued_at     timestamptz NOT NULL,
  reason        text NOT NULL,
  settlement    text NOT NULL CHECK (settlement IN ('invoice', 'balance', 'outside')),
  figures       json NOT NULL,
  total_minor   bigint NOT NULL,
  currency      text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  content       text NOT NULL,
  hash          text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  previous_hash text NOT NULL,
  CONSTRAINT credit_notes_numbered_once UNIQUE (series, sequence)
);
CREATE INDEX credit_notes_of_invoice ON credit_notes (invoice_id, id);
CREATE INDEX credit_notes_of_customer ON credit_notes (customer_id, id);
COMMENT ON TABLE credit_notes IS 'What was taken back of finalized invoices. Append-only; columns as in invoices.';
COMMENT ON COLUMN credit_notes.settlement IS 'Less of what is due, or balance for later invoices, or paid back outside of the system.';
COMMENT ON COLUMN credit_notes.figures IS 'Lines, coupons and taxes that are taken back; amounts are text.';
COMMENT ON COLUMN credit_notes.total_minor IS 'With tax.';

CREATE TABLE carried_balances (
  origin_id   text COLLATE "C" PRIMARY KEY,
  customer_id text COLLATE "C" NOT NULL REFERENCES customers (id),
  at          timestamptz NOT NULL,
  total_minor bigint NOT NULL CHECK (total_minor > 0),
  left_minor  bigint NOT NULL CONSTRAINT carried_balance_is_not_negative CHECK (left_minor >= 0 AND left_minor <= total_minor)
);
CREATE INDEX carried_balances_of_customer ON carried_balances (customer_id, at, origin_id) WHERE left_minor > 0;
COMMENT ON TABLE carried_balances IS 'What credit notes for the balance, and invoices below zero, leave for later invoices.';
COMMENT ON COLUMN carried_balances.origin_id IS 'The credit note, or the invoice.';
COMMENT ON COLUMN carried_balances.at IS 'When it came about: the oldest is used first.';
COMMENT ON COLUMN carried_balances.left_minor IS 'What no invoice has taken, kept by carried_balance_uses.';

CREATE TABLE carried_balance_uses (
  origin_id    text COLLATE "C" NOT NULL REFERENCES carried_balances (origin_id),
  invoice_id   text COLLATE "C" NOT NULL REFERENCES invoices (id),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  is_returned  boolean NOT NULL DEFAULT false,
  PRIMARY KEY (origin_id, invoice_id)
);
CREATE INDEX carried_balance_uses_of_invoice ON carried_balance_uses (invoice_id);
COMMENT ON TABLE carried_balance_uses IS 'What each invoice took of a carried balance.';
COMMENT ON COLUMN carried_balance_uses.is_returned IS 'The invoice was made void: it took nothing.';

CREATE FUNCTION move_carried_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE carried_balances SET left_minor = left_minor - NEW.amount_minor WHERE origin_id = NEW.origin_id;
  ELSIF (NEW.origin_id, NEW.invoice_id, NEW.amount_minor) <> (OLD.origin_id, OLD.invoice_id, OLD.amount_minor) OR OLD.is_returned THEN
    RAISE EXCEPTION 'a use of a carried balance is given back once and else never changed' USING ERRCODE = 'restrict_violation';
  ELSIF NEW.is_returned THEN
    UPDATE carried_balances SET left_minor = left_minor + NEW.amount_minor WHERE origin_id = NEW.origin_id;
  END IF;
  RETURN NULL;
END
$$;
-- After it: one that is there already is not written again, and moves nothing.
CREATE TRIGGER move_carried_balance AFTER INSERT OR UPDATE ON carried_balance_uses
  FOR EACH ROW EXECUTE FUNCTION move_carried_balance();

-- Whatever code runs: a number is the next one of its series, and the hash is over what it says.
CREATE FUNCTION take_number(wanted_series text, wanted_sequence bigint, content text, hash text, previous_hash text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE document_series SET last_sequence = wanted_sequence, last_hash = hash
  WHERE series = wanted_series AND last_sequence = wanted_sequence - 1 AND last_hash = previous_hash;
  IF NOT FOUND THEN
    RAISE EXCEPTION '% is not the next number of %', wanted_sequence, wanted_series USING ERRCODE = 'restrict_violation';
  END IF;
  IF hash <> encode(sha256(convert_to(previous_hash || content, 'UTF8')), 'hex') THEN
    RAISE EXCEPTION 'the hash is not over the content' USING ERRCODE = 'restrict_violation';
  END IF;
END
$$;

CREATE FUNCTION keep_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  document  json;
  carried   bigint;
  unchanged invoices;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'an invoice begins as a draft' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;

  IF TG_OP = 'DELETE' THEN
    IF OLD.state <> 'draft' THEN
      RAISE EXCEPTION 'a finalized invoice is not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;

  unchanged := OLD;
  IF OLD.state = 'draft' THEN
    IF NEW.state = 'draft' THEN RETURN NEW; END IF;
    IF NEW.state <> 'finalized' THEN
      RAISE EXCEPTION 'a draft is finalized or deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM take_number(NEW.series, NEW.sequence, NEW.content, NEW.hash, NEW.previous_hash);
    document := NEW.content::json;
    NEW.coupon_ids := ARRAY(SELECT coupon ->> 'id' FROM json_array_elements(coalesce(document -> 'coupons', '[]')) AS coupon);
    carried := coalesce(document -> 'totals' ->> 'carried', '0')::numeric * 10 ^ coalesce((document ->> 'minor_digits')::integer, 0);
    IF carried > 0 THEN
      INSERT INTO carried_balances (origin_id, customer_id, at, total_minor, left_minor)
      VALUES (NEW.id, NEW.customer_id, NEW.finalized_at, carried, carried);
    END IF;
    RETURN NEW;
  END IF;

  unchanged.state := NEW.state;
  unchanged.settled_at := NEW.settled_at;
  unchanged.settled_reason := NEW.settled_reason;
  IF NEW::text <> unchanged::text THEN
    RAISE EXCEPTION 'a finalized invoice never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NOT (
    OLD.state = 'finalized' AND NEW.state IN ('paid', 'uncollectible', 'void')
    OR OLD.state = 'uncollectible' AND NEW.state IN ('paid', 'void')
  ) THEN
    RAISE EXCEPTION 'an invoice that is % does not become %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = 'void' THEN
    -- What it would have carried over is nothing any more. Where a later invoice took of it, the check refuses.
    UPDATE carried_balances SET left_minor = left_minor - total_minor WHERE origin_id = NEW.id;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER keep_invoice BEFORE INSERT OR UPDATE OR DELETE ON invoices FOR EACH ROW EXECUTE FUNCTION keep_invoice();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON invoices FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION number_credit_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM take_number(NEW.series, NEW.sequence, NEW.content, NEW.hash, NEW.previous_hash);
  IF NEW.settlement = 'balance' AND NEW.total_minor > 0 THEN
    INSERT INTO carried_balances (origin_id, customer_id, at, total_minor, left_minor)
    VALUES (NEW.id, NEW.customer_id, NEW.issued_at, NEW.total_minor, NEW.total_minor);
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER number_credit_note BEFORE INSERT ON credit_notes FOR EACH ROW EXECUTE FUNCTION number_credit_note();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON credit_notes FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON credit_notes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_removal BEFORE DELETE ON document_series FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON document_series FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_removal BEFORE DELETE ON carried_balance_uses FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON carried_balance_uses FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE ledger_entries (
  fact         text COLLATE "C" NOT NULL,
  index        integer NOT NULL CHECK (index >= 0),
  customer_id  text COLLATE "C" NOT NULL REFERENCES customers (id),
  invoice_id   text COLLATE "C" NOT NULL REFERENCES invoices (id),
  account      text NOT NULL CHECK (account IN ('receivable', 'revenue', 'discounts', 'tax', 'credit_notes', 'credits', 'carried', 'cash', 'losses')),
  amount_minor bigint NOT NULL,
  currency     text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  at           timestamptz NOT NULL,
  PRIMARY KEY (fact, index)
);
CREATE INDEX ledger_entries_of_invoice ON ledger_entries (invoice_id, at, fact, index);
COMMENT ON TABLE ledger_entries IS 'Double entry: what each fact moves between accounts adds up to 0. Append-only.';
COMMENT ON COLUMN ledger_entries.fact IS 'Made of the fact, so that booking it twice changes nothing.';
COMMENT ON COLUMN ledger_entries.index IS 'Within the fact, from 0.';
COMMENT ON COLUMN ledger_entries.amount_minor IS 'In minor units: debits are positive, credits negative.';

CREATE FUNCTION balance_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM ledger_entries WHERE fact = NEW.fact GROUP BY fact HAVING sum(amount_minor) <> 0 OR min(currency) <> max(currency)) THEN
    RAISE EXCEPTION 'the ledger entries of % do not add up to 0', NEW.fact USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END
$$;
-- At the commit, when all entries of the fact are there.
CREATE CONSTRAINT TRIGGER balance_ledger AFTER INSERT ON ledger_entries DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION balance_ledger();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE open_periods (
  customer_id text COLLATE "C" PRIMARY KEY REFERENCES customers (id),
  start_at    timestamptz NOT NULL,
  end_at      timestamptz NOT NULL CHECK (end_at > start_at),
  is_stale    boolean NOT NULL DEFAULT false
);
CREATE INDEX open_periods_by_end ON open_periods (end_at);
CREATE INDEX open_periods_stale ON open_periods (customer_id) WHERE is_stale;
COMMENT ON TABLE open_periods IS 'Of each customer the period that is under way, or has ended and waits for its draft.';
COMMENT ON COLUMN open_periods.start_at IS 'Of the period.';
COMMENT ON COLUMN open_periods.end_at IS 'Of the period; exclusive.';
COMMENT ON COLUMN open_periods.is_stale IS 'The calendar of the customer has changed since it was set.';

CREATE FUNCTION outdate_open_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE open_periods SET is_stale = true WHERE customer_id = NEW.customer_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER outdate_open_period AFTER INSERT OR UPDATE ON customer_calendars
  FOR EACH ROW EXECUTE FUNCTION outdate_open_period();

CREATE TABLE invoice_exports (
  id             text COLLATE "C" PRIMARY KEY,
  month          text NOT NULL CHECK (month ~ '^\d{4}-\d{2}$'),
  formats        text[] NOT NULL,
  state          text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  invoices_total integer NOT NULL,
  invoices_done  integer NOT NULL,
  bytes          bigint,
  sha256         text,
  failure        text,
  created_at     timestamptz NOT NULL,
  created_by     text COLLATE "C" NOT NULL,
  finished_at    timestamptz
);
CREATE INDEX invoice_exports_unfinished ON invoice_exports (id) WHERE state IN ('waiting', 'running');
COMMENT ON TABLE invoice_exports IS 'Archives of a month''s invoices that were asked for.';
COMMENT ON COLUMN invoice_exports.month IS 'Of invoices whose period ends in it, or at its end, by the organization''s zone.';
COMMENT ON COLUMN invoice_exports.invoices_done IS 'How many of them lie in files.';
COMMENT ON COLUMN invoice_exports.bytes IS 'Of the archive; null until it is done.';
COMMENT ON COLUMN invoice_exports.failure IS 'What went wrong, in words; null: nothing.';
COMMENT ON COLUMN invoice_exports.created_by IS 'The API key.';

CREATE INDEX closed_periods_of_invoice ON closed_periods (invoice_id);
