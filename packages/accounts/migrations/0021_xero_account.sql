-- The account that sales are booked on in Xero is the operator's own.

-- 200 is the one for sales in a new organization of Xero.
ALTER TABLE seller_terms ADD COLUMN xero_account text NOT NULL DEFAULT '200' CHECK (xero_account <> '');
COMMENT ON COLUMN seller_terms.xero_account IS 'The code of the account for sales, in the files that Xero imports.';
