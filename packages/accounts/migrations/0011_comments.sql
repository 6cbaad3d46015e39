-- What two tables are for.

COMMENT ON TABLE limits IS 'Quotas and budgets over a window, for a key, a project, a customer or the organization.';
COMMENT ON TABLE meters IS 'Named aggregations over events, for use that is not tokens.';
