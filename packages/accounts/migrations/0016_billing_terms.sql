-- On what terms customers are billed: who sells and who buys, plans, subscriptions, coupons, taxes and credit.

-- For constraints over a customer and a time together.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE seller_terms (
  is_only           boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  party             json NOT NULL,
  payment_details   text,
  number_prefix     text NOT NULL CHECK (number_prefix <> ''),
  payment_term_days integer NOT NULL CHECK (payment_term_days >= 0),
  grace_ms          bigint CHECK (grace_ms >= 0)
);
COMMENT ON TABLE seller_terms IS 'What the organization says on its invoices.';
COMMENT ON COLUMN seller_terms.is_only IS 'Always true, and the primary key: there cannot be a second row.';
COMMENT ON COLUMN seller_terms.party IS 'Name, address, country, tax ids and email, as invoices show them.';
COMMENT ON COLUMN seller_terms.payment_details IS 'How to pay; null: nothing is said.';
COMMENT ON COLUMN seller_terms.number_prefix IS 'Of the numbers of invoices. Another one begins another series.';
COMMENT ON COLUMN seller_terms.payment_term_days IS 'From the issue of an invoice until it is due.';
COMMENT ON COLUMN seller_terms.grace_ms IS 'From the end of a period until its draft is finalized by itself; null: only by an explicit act.';

CREATE TABLE tax_rates (
  id          text COLLATE "C" PRIMARY KEY,
  name        text NOT NULL CHECK (name <> ''),
  percent     numeric NOT NULL CHECK (percent >= 0),
  country     text CHECK (country ~ '^[A-Z]{2}$'),
  archived_at timestamptz,
  created_at  timestamptz NOT NULL
);
COMMENT ON TABLE tax_rates IS 'Rates of tax. Another percentage is another rate.';
COMMENT ON COLUMN tax_rates.name IS 'Such as VAT: what the invoice calls it.';
COMMENT ON COLUMN tax_rates.percent IS 'Exact.';
COMMENT ON COLUMN tax_rates.country IS 'ISO 3166-1; null: of none.';
COMMENT ON COLUMN tax_rates.archived_at IS 'From then on it is given to no customer any more.';
COMMENT ON COLUMN tax_rates.created_at IS 'When it was made.';

CREATE TABLE buyer_terms (
  customer_id       text COLLATE "C" PRIMARY KEY REFERENCES customers (id),
  party             json NOT NULL,
  purchase_order    text,
  payment_term_days integer CHECK (payment_term_days >= 0),
  tax_kind          text NOT NULL CHECK (tax_kind IN ('taxed', 'reverse_charge', 'exempt', 'none')),
  tax_rate_ids      text[] COLLATE "C",
  tax_prices        text CHECK (tax_prices IN ('included', 'added')),
  tax_text          text,
  is_prepaid_only   boolean NOT NULL,
  low_balance_minor bigint CHECK (low_balance_minor >= 0),
  CONSTRAINT buyer_terms_taxed_by_rates CHECK ((tax_kind = 'taxed') = (tax_rate_ids IS NOT NULL AND tax_prices IS NOT NULL)),
  CONSTRAINT buyer_terms_untaxed_says_why CHECK ((tax_kind IN ('reverse_charge', 'exempt')) = (tax_text IS NOT NULL))
);
COMMENT ON TABLE buyer_terms IS 'What invoices say of a customer, and how it is taxed and pays. Without a row: its name, no tax, the seller''s terms.';
COMMENT ON COLUMN buyer_terms.customer_id IS 'Whose terms they are.';
COMMENT ON COLUMN buyer_terms.party IS 'Name, address, country, tax ids and email, as invoices show them.';
COMMENT ON COLUMN buyer_terms.purchase_order IS 'Shown on its invoices.';
COMMENT ON COLUMN buyer_terms.payment_term_days IS 'Null: the seller''s.';
COMMENT ON COLUMN buyer_terms.tax_kind IS 'Whether rates are applied, or why not.';
COMMENT ON COLUMN buyer_terms.tax_rate_ids IS 'Rates that are applied, in the order of the invoice.';
COMMENT ON COLUMN buyer_terms.tax_prices IS 'Whether the lines hold the tax already or it comes on top.';
COMMENT ON COLUMN buyer_terms.tax_text IS 'What the invoice says where the customer accounts for the tax, or is exempt.';
COMMENT ON COLUMN buyer_terms.is_prepaid_only IS 'Admitted only as far as its credit goes.';
COMMENT ON COLUMN buyer_terms.low_balance_minor IS 'Told once when the balance falls below it; null: never.';

CREATE TABLE plans (
  id          text COLLATE "C" PRIMARY KEY,
  name        text NOT NULL CHECK (name <> ''),
  currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  archived_at timestamptz,
  created_at  timestamptz NOT NULL
);
COMMENT ON TABLE plans IS 'Plans by name. What they ask for is in their versions.';
COMMENT ON COLUMN plans.currency IS 'ISO 4217, of all versions.';
COMMENT ON COLUMN plans.archived_at IS 'From then on nobody subscribes to it; who has it keeps it.';
COMMENT ON COLUMN plans.created_at IS 'When it was made.';

CREATE TABLE plan_versions (
  plan_id    text COLLATE "C" NOT NULL REFERENCES plans (id),
  version    integer NOT NULL CHECK (version > 0),
  terms      json NOT NULL,
  created_at timestamptz NOT NULL,
  created_by text COLLATE "C" NOT NULL,
  CONSTRAINT plan_versions_are_numbered_once PRIMARY KEY (plan_id, version)
);
COMMENT ON TABLE plan_versions IS 'Charges, fees and commitments of a plan. Append-only: invoices name the version they were made with.';
COMMENT ON COLUMN plan_versions.version IS 'From 1.';
COMMENT ON COLUMN plan_versions.terms IS 'As the API shows them: amounts are decimal text.';
COMMENT ON COLUMN plan_versions.created_at IS 'When it was made.';
COMMENT ON COLUMN plan_versions.created_by IS 'The API key.';

CREATE TABLE subscriptions (
  id           text COLLATE "C" PRIMARY KEY,
  customer_id  text COLLATE "C" NOT NULL REFERENCES customers (id),
  plan_id      text COLLATE "C" NOT NULL,
  plan_version integer NOT NULL,
  start_at     timestamptz NOT NULL,
  end_at       timestamptz CHECK (end_at >= start_at),
  created_at   timestamptz NOT NULL,
  FOREIGN KEY (plan_id, plan_version) REFERENCES plan_versions (plan_id, version),
  CONSTRAINT subscriptions_one_at_a_time EXCLUDE USING gist (customer_id WITH =, tstzrange(start_at, end_at) WITH &&)
);
CREATE INDEX subscriptions_of_customer ON subscriptions (customer_id, id);
CREATE INDEX subscriptions_of_plan ON subscriptions (plan_id, id);
COMMENT ON TABLE subscriptions IS 'A customer''s use of a version of a plan for a time.';
COMMENT ON COLUMN subscriptions.start_at IS 'From when the terms hold.';
COMMENT ON COLUMN subscriptions.end_at IS 'Exclusive; null: until it is ended. At its start: it never held.';
COMMENT ON COLUMN subscriptions.created_at IS 'When it was made.';

CREATE TABLE coupons (
  id           text COLLATE "C" PRIMARY KEY,
  description  text NOT NULL CHECK (description <> ''),
  percent      numeric CHECK (percent > 0 AND percent <= 100),
  amount_minor bigint CHECK (amount_minor > 0),
  currency     text CHECK (currency ~ '^[A-Z]{3}$'),
  archived_at  timestamptz,
  created_at   timestamptz NOT NULL,
  CONSTRAINT coupons_take_one_or_the_other CHECK (num_nonnulls(percent, amount_minor) = 1 AND (amount_minor IS NULL) = (currency IS NULL))
);
COMMENT ON TABLE coupons IS 'What is taken off the lines of an invoice together.';
COMMENT ON COLUMN coupons.description IS 'What the invoice calls it.';
COMMENT ON COLUMN coupons.percent IS 'Hundredths, exact; null: an amount.';
COMMENT ON COLUMN coupons.amount_minor IS 'In minor units of the currency; null: hundredths.';
COMMENT ON COLUMN coupons.currency IS 'ISO 4217, of the amount.';
COMMENT ON COLUMN coupons.archived_at IS 'From then on it is given to nobody any more.';
COMMENT ON COLUMN coupons.created_at IS 'When it was made.';

CREATE TABLE customer_coupons (
  id           text COLLATE "C" PRIMARY KEY,
  customer_id  text COLLATE "C" NOT NULL REFERENCES customers (id),
  coupon_id    text COLLATE "C" NOT NULL REFERENCES coupons (id),
  start_at     timestamptz NOT NULL,
  end_at       timestamptz CHECK (end_at >= start_at),
  invoices_max integer CHECK (invoices_max > 0),
  created_at   timestamptz NOT NULL,
  CONSTRAINT customer_coupons_once_at_a_time
    EXCLUDE USING gist (customer_id WITH =, coupon_id WITH =, tstzrange(start_at, end_at) WITH &&)
);
CREATE INDEX customer_coupons_of_customer ON customer_coupons (customer_id, id);
COMMENT ON TABLE customer_coupons IS 'Coupons that were given to customers, in the order in which they are applied.';
COMMENT ON COLUMN customer_coupons.start_at IS 'It is for invoices whose period ends from then on.';
COMMENT ON COLUMN customer_coupons.end_at IS 'Exclusive; null: without end.';
COMMENT ON COLUMN customer_coupons.invoices_max IS 'On how many invoices at most; null: on all.';
COMMENT ON COLUMN customer_coupons.created_at IS 'When it was given.';

CREATE TABLE credit_grants (
  id             text COLLATE "C" PRIMARY KEY,
  customer_id    text COLLATE "C" NOT NULL REFERENCES customers (id),
  currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  kind           text NOT NULL CHECK (kind IN ('paid', 'promotional')),
  priority       integer NOT NULL,
  effective_from timestamptz NOT NULL,
  expires_at     timestamptz CHECK (expires_at > effective_from),
  charge_ids     text[],
  amount_minor   bigint NOT NULL CHECK (amount_minor > 0),
  description    text NOT NULL,
  created_at     timestamptz NOT NULL
);
CREATE INDEX credit_grants_of_customer ON credit_grants (customer_id, id);
COMMENT ON TABLE credit_grants IS 'Prepaid or promotional balance as it was granted. Append-only; what became of it is in credit_entries.';
COMMENT ON COLUMN credit_grants.priority IS 'The lower one is drawn on first.';
COMMENT ON COLUMN credit_grants.effective_from IS 'From then on invoices draw on it, by the end of their period.';
COMMENT ON COLUMN credit_grants.expires_at IS 'Exclusive; null: never.';
COMMENT ON COLUMN credit_grants.charge_ids IS 'The charges and fees that it pays for; null: all.';
COMMENT ON COLUMN credit_grants.amount_minor IS 'In minor units of the currency.';
COMMENT ON COLUMN credit_grants.created_at IS 'When it was granted.';

CREATE TABLE credit_balances (
  grant_id    text COLLATE "C" PRIMARY KEY REFERENCES credit_grants (id),
  customer_id text COLLATE "C" NOT NULL,
  expires_at  timestamptz,
  left_minor  bigint NOT NULL CONSTRAINT credit_balance_is_not_negative CHECK (left_minor >= 0)
);
CREATE INDEX credit_balances_to_expire ON credit_balances (expires_at) WHERE left_minor > 0;
CREATE INDEX credit_balances_of_customer ON credit_balances (customer_id) WHERE left_minor > 0;
COMMENT ON TABLE credit_balances IS 'The sum of the entries of each grant, kept by them. Two who draw on one grant wait for each other here.';
COMMENT ON COLUMN credit_balances.customer_id IS 'As of the grant.';
COMMENT ON COLUMN credit_balances.expires_at IS 'As of the grant.';
COMMENT ON COLUMN credit_balances.left_minor IS 'What is left, in minor units.';

CREATE TABLE credit_entries (
  sequence     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id           text COLLATE "C" NOT NULL UNIQUE,
  grant_id     text COLLATE "C" NOT NULL REFERENCES credit_grants (id),
  kind         text NOT NULL CHECK (kind IN ('granted', 'applied', 'returned', 'expired', 'revoked')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  at           timestamptz NOT NULL,
  invoice_id   text COLLATE "C",
  CONSTRAINT credit_entries_of_invoices CHECK ((kind IN ('applied', 'returned')) = (invoice_id IS NOT NULL))
);
CREATE INDEX credit_entries_of_grant ON credit_entries (grant_id, sequence);
COMMENT ON TABLE credit_entries IS 'What was granted, drawn, given back and lost of credit. Append-only.';
COMMENT ON COLUMN credit_entries.sequence IS 'In the order of writing.';
COMMENT ON COLUMN credit_entries.id IS 'Made of the fact, so that writing it twice changes nothing.';
COMMENT ON COLUMN credit_entries.amount_minor IS 'In minor units, positive: the kind says which way.';
COMMENT ON COLUMN credit_entries.at IS 'When it happened.';
COMMENT ON COLUMN credit_entries.invoice_id IS 'Of what is applied and returned.';

CREATE FUNCTION open_credit_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO credit_balances (grant_id, customer_id, expires_at, left_minor) VALUES (NEW.id, NEW.customer_id, NEW.expires_at, 0);
  RETURN NULL;
END
$$;
CREATE TRIGGER open_credit_balance AFTER INSERT ON credit_grants FOR EACH ROW EXECUTE FUNCTION open_credit_balance();

CREATE FUNCTION move_credit_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE credit_balances
  SET left_minor = left_minor + CASE WHEN NEW.kind IN ('granted', 'returned') THEN NEW.amount_minor ELSE -NEW.amount_minor END
  WHERE grant_id = NEW.grant_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER move_credit_balance AFTER INSERT ON credit_entries FOR EACH ROW EXECUTE FUNCTION move_credit_balance();

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON plan_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON plan_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON credit_grants FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON credit_grants FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON credit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON credit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_removal BEFORE DELETE ON credit_balances FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON credit_balances FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
