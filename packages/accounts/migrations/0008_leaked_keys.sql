-- A key whose secret was reported as leaked is disabled, and says so.

ALTER TABLE api_keys
  ADD COLUMN disabled_reason text CHECK (disabled_reason IN ('leaked')),
  ADD CONSTRAINT api_keys_disabled_reason_is_of_disabled CHECK (disabled_reason IS NULL OR NOT is_enabled);
COMMENT ON COLUMN api_keys.disabled_reason IS 'Why, where no key of the customer or the operator did it.';
