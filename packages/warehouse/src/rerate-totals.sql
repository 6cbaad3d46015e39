-- What a re-rate found, by currency. As rerate-report.sql.
SELECT
    currency,
    toUInt64(count()) AS events,
    toUInt64(countIf(outcome = 'changed')) AS changed,
    -- Picounits over the priced events.
    sum(toInt128(ifNull(old_cost_pico, 0))) AS old_cost_pico_sum,
    sum(toInt128(ifNull(cost_pico, 0))) AS new_cost_pico_sum,
    toUInt64(countIf(isNull(old_cost_pico))) AS unpriced_before,
    toUInt64(countIf(isNull(cost_pico))) AS unpriced_after
FROM rated_rows FINAL
WHERE rerate_id = {rerate_id:String}
GROUP BY currency
ORDER BY currency
