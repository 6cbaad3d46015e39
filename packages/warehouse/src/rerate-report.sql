-- What a re-rate found, by customer, model and currency; the greatest differences first.
SELECT
    customer_id,
    provider,
    model,
    currency,
    toUInt64(count()) AS events,
    toUInt64(countIf(outcome = 'changed')) AS changed,
    -- Picounits over the priced events.
    sum(toInt128(ifNull(old_cost_pico, 0))) AS old_cost_pico_sum,
    sum(toInt128(ifNull(cost_pico, 0))) AS new_cost_pico_sum,
    toUInt64(countIf(isNull(old_cost_pico))) AS unpriced_before,
    toUInt64(countIf(isNull(cost_pico))) AS unpriced_after,
    -- Of the changed rows.
    groupUniqArrayArrayIf({{idsMax}})(old_price_ids, outcome = 'changed') AS old_ids,
    groupUniqArrayArrayIf({{idsMax}})(price_ids, outcome = 'changed') AS new_ids
FROM rated_rows FINAL
WHERE rerate_id = {rerate_id:String}
GROUP BY customer_id, provider, model, currency
ORDER BY abs(new_cost_pico_sum - old_cost_pico_sum) DESC, customer_id, provider, model, currency
LIMIT {limit:UInt32}
