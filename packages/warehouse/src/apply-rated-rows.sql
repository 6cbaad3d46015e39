-- Writes the next revision of the rows of a step: all that the row had, with the new cost. A row that is no more the one
-- that was rated has another version, and is left alone; so is one that was written already.
--
-- customers, hours: the hours of the step, in parallel arrays; deadline_ms: the marks of the hours are too old after it.
INSERT INTO usage_rows
SELECT found.* REPLACE
(
    version + 1 AS version,
    rated.currency AS currency,
    rated.cost_pico AS cost_pico,
    rated.class_costs AS class_costs,
    rated.cache_savings_pico AS cache_savings_pico,
    rated.price_ids AS price_ids,
    rated.unpriced_reason AS unpriced_reason
)
FROM
(
    SELECT *
    FROM usage_rows FINAL
    WHERE (customer_id, hour, event_id) IN
    (
        SELECT customer_id, hour, event_id
        FROM rated_rows FINAL
        WHERE rerate_id = {rerate_id:String}
          AND (customer_id, hour) IN
          (
              SELECT pair.1, toDateTime(pair.2, 'UTC')
              FROM (SELECT arrayJoin(arrayZip({customers:Array(String)}, {hours:Array(UInt32)})) AS pair)
          )
          AND outcome = 'changed'
    )
      -- The greatest revision is left to tombstones.
      AND bitAnd(version, 16777215) < 16777214
      AND throwIf(now64(3) > fromUnixTimestamp64Milli({deadline_ms:Int64}), 'the marks of these rows are too old') = 0
) AS found
INNER JOIN
(
    SELECT
        customer_id,
        hour,
        event_id,
        rated_rows.version AS rated_version,
        currency,
        cost_pico,
        class_costs,
        cache_savings_pico,
        price_ids,
        unpriced_reason
    FROM rated_rows FINAL
    WHERE rerate_id = {rerate_id:String}
      AND (customer_id, hour) IN
      (
          SELECT pair.1, toDateTime(pair.2, 'UTC')
          FROM (SELECT arrayJoin(arrayZip({customers:Array(String)}, {hours:Array(UInt32)})) AS pair)
      )
      AND outcome = 'changed'
) AS rated
    ON found.customer_id = rated.customer_id
    AND toStartOfHour(found.time) = rated.hour
    AND found.event_id = rated.event_id
    AND found.version = rated.rated_version
