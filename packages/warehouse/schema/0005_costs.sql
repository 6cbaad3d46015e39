-- What an event cost, by what, and where that came from. Rows from before have no cost, so the defaults are true of them.
ALTER TABLE usage_events
    -- As the event named it.
    ADD COLUMN IF NOT EXISTS region LowCardinality(String) AFTER service_tier,
    -- ISO 4217; empty in rows from before prices.
    ADD COLUMN IF NOT EXISTS currency LowCardinality(String) AFTER text_output_tokens,
    -- Picounits by place in COST_CLASSES of the domain, without the zeros at the end. They add up to `cost_pico`.
    ADD COLUMN IF NOT EXISTS class_costs Array(Int64) CODEC(ZSTD(1)) AFTER cost_pico,
    -- Picounits that the tokens read from a cache would have cost more as plain input.
    ADD COLUMN IF NOT EXISTS cache_savings_pico Int64 CODEC(T64, ZSTD(1)) AFTER class_costs,
    -- The versions of prices that made the cost.
    ADD COLUMN IF NOT EXISTS price_ids Array(LowCardinality(String)) CODEC(ZSTD(1)) AFTER cache_savings_pico,
    -- A code; empty when there is a cost, and in rows from before prices.
    ADD COLUMN IF NOT EXISTS unpriced_reason LowCardinality(String) AFTER price_ids,
    ADD COLUMN IF NOT EXISTS flags Array(LowCardinality(String)) CODEC(ZSTD(1)) AFTER unpriced_reason;

-- The elements of old rows get the defaults, as many as the row has groups.
ALTER TABLE usage_hours
    -- Another of the columns that a group is one combination of.
    ADD COLUMN IF NOT EXISTS groups.currency Array(LowCardinality(String)) AFTER groups.status,
    -- Sums, as in `usage_events` but wider.
    ADD COLUMN IF NOT EXISTS groups.class_costs Array(Array(Int128)) AFTER groups.cost_pico,
    ADD COLUMN IF NOT EXISTS groups.cache_savings_pico Array(Int128) AFTER groups.class_costs;
