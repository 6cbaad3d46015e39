-- What a customer used in a span, as invoices look at it: one row for what differs in nothing but amounts. Only rows at or
-- before the places given for their partitions count.
--
-- until: the last places that count; days: where each date of the zone begins; parts: for each class its name, the
-- quantity of it in an event, and what that costs.
SELECT
    project_id,
    provider,
    model,
    service_tier,
    provenance,
    arraySort(price_ids) AS prices,
    -- Milliseconds.
    toString(roundDown(toUnixTimestamp64Milli(time), {{days}})) AS day_ms,
    part.1 AS class,
    toString(sum(part.2)) AS quantity,
    toString(sum(toInt128(part.3))) AS used_pico,
    toString(count()) AS used_by,
    toString(countIf(isNull(cost_pico))) AS unpriced
FROM usage_rows FINAL
ARRAY JOIN arrayFilter(one -> one.2 > 0, {{parts}}) AS part
WHERE customer_id = {customer_id:String}
  AND hour >= toDateTime({from_hour:UInt32}, 'UTC')
  AND hour < toDateTime({to_hour:UInt32}, 'UTC')
  AND time >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
  AND time < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
  {{until}}
GROUP BY project_id, provider, model, service_tier, provenance, prices, day_ms, class
