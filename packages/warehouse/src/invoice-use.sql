-- What customers used in a span, as invoices look at it: one row for what differs in nothing but amounts and days. Only rows at
-- or before the places given for their partitions count.
--
-- until: the last places that count; days: where each date of the zone begins; parts: for each class its name, the
-- quantity of it in an event, and what that costs.
SELECT
    customer_id,
    project_id,
    provider,
    model,
    service_tier,
    provenance,
    prices,
    class,
    toString(sum(of_day.quantity)) AS quantity,
    toString(sum(of_day.used_pico)) AS used_pico,
    toString(sum(of_day.used_by)) AS used_by,
    toString(sum(of_day.unpriced)) AS unpriced,
    -- The beginning of the day in milliseconds, and its share of quantity, cost and events.
    arraySort(groupArray((
        day_ms,
        toString(of_day.quantity),
        toString(of_day.used_pico),
        toString(of_day.used_by)
    ))) AS days
FROM
(
    SELECT
        customer_id,
        project_id,
        provider,
        model,
        service_tier,
        provenance,
        arraySort(price_ids) AS prices,
        roundDown(toUnixTimestamp64Milli(time), {{days}}) AS day_ms,
        part.1 AS class,
        sum(part.2) AS quantity,
        sum(toInt128(part.3)) AS used_pico,
        count() AS used_by,
        countIf(isNull(cost_pico)) AS unpriced
    FROM usage_rows FINAL
    ARRAY JOIN arrayFilter(one -> one.2 > 0, {{parts}}) AS part
    WHERE customer_id IN {customer_ids:Array(String)}
      AND hour >= toDateTime({from_hour:UInt32}, 'UTC')
      AND hour < toDateTime({to_hour:UInt32}, 'UTC')
      AND time >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
      AND time < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
      {{until}}
    GROUP BY customer_id, project_id, provider, model, service_tier, provenance, prices, day_ms, class
) AS of_day
GROUP BY customer_id, project_id, provider, model, service_tier, provenance, prices, class
