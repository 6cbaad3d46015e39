-- How many rows of a step stand as the re-rate wrote them. Asked of the rows themselves, so that a step that is repeated
-- counts the same.
SELECT toUInt64(count()) AS applied
FROM usage_rows FINAL
WHERE
(
    customer_id,
    hour,
    event_id,
    version,
    sipHash64(currency, ifNull(toString(cost_pico), ''), class_costs, cache_savings_pico, price_ids, unpriced_reason)
) IN
(
    SELECT
        customer_id,
        hour,
        event_id,
        toUInt128(version + 1),
        sipHash64(currency, ifNull(toString(cost_pico), ''), class_costs, cache_savings_pico, price_ids, unpriced_reason)
    FROM rated_rows FINAL
    WHERE rerate_id = {rerate_id:String}
      AND (customer_id, hour) IN
      (
          SELECT pair.1, toDateTime(pair.2, 'UTC')
          FROM (SELECT arrayJoin(arrayZip({customers:Array(String)}, {hours:Array(UInt32)})) AS pair)
      )
      AND outcome = 'changed'
)
