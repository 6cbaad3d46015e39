-- Customers that pay ahead: the limit that holds them to their credit, and whether they were told that it is low.

ALTER TABLE buyer_terms ADD COLUMN is_credit_low boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN buyer_terms.is_credit_low IS 'The balance is below low_balance_minor: nobody is told again until it was not.';

CREATE TABLE prepaid_limits (
  customer_id text COLLATE "C" PRIMARY KEY REFERENCES customers (id),
  limit_id    text COLLATE "C" NOT NULL REFERENCES limits (id),
  since_at    timestamptz NOT NULL
);
COMMENT ON TABLE prepaid_limits IS 'Of each customer that pays ahead the limit whose amount is what was granted. It is kept with the entries of credit.';
COMMENT ON COLUMN prepaid_limits.since_at IS 'Use from then on counts against it: the start of the first period without a finalized invoice when it was made.';
