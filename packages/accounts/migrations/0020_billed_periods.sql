-- Re-rates change usage in billed periods too: the invoice stays, and the next one adjusts.

COMMENT ON TABLE closed_periods IS 'Periods of customers whose usage is on a finalized invoice.';
COMMENT ON COLUMN rerates.skipped IS 'Rows that were to change and had changed otherwise meanwhile.';
