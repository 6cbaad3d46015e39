-- The hours that events must be taken out of, among the events that receipts came for lately: every hour of a voided event,
-- and every hour but the first copy's of an event whose copies carry times in several.
--
-- inserted_from_ms: receipts inserted since are the ones to look at; only_voids: of them only the voids;
-- received_from_ms: how far back their other copies are looked for.
WITH recent AS
(
    SELECT DISTINCT customer_id, id_hash
    FROM receipts
    WHERE inserted_at >= fromUnixTimestamp64Milli({inserted_from_ms:Int64})
      AND (outcome = 'void' OR NOT {only_voids:Bool})
),
-- Most events have one row, and are done with here.
several AS
(
    SELECT customer_id, id_hash
    FROM receipts
    WHERE received_at >= fromUnixTimestamp64Milli({received_from_ms:Int64})
      AND (customer_id, id_hash) IN (SELECT customer_id, id_hash FROM recent)
    GROUP BY customer_id, id_hash
    HAVING count() > 1
)
SELECT
    customer_id,
    event_id,
    toUnixTimestamp(hour) AS hour_seconds,
    -- The tombstone's version: the first copy's, which an earlier copy beats in whatever hour it turns up; see version.ts.
    if(is_voided, bitNot(toUInt128(0)), toUInt128(bitNot(bitShiftLeft(toUInt128(first.1), 64) + first.2) - 1)) AS ver
FROM
(
    SELECT
        customer_id,
        id_hash,
        any(event_id) AS event_id,
        countIf(outcome = 'void') > 0 AS is_voided,
        -- The place of the first copy, and the hour that it carries.
        minIf((log_epoch, log_position), outcome = 'countable') AS first,
        argMinIf(toStartOfHour(time), (log_epoch, log_position), outcome = 'countable') AS first_hour,
        groupUniqArrayIf(toStartOfHour(time), outcome = 'countable') AS hours
    FROM receipts
    WHERE received_at >= fromUnixTimestamp64Milli({received_from_ms:Int64})
      AND (customer_id, id_hash) IN (SELECT customer_id, id_hash FROM several)
    GROUP BY customer_id, id_hash
    HAVING is_voided OR length(hours) > 1
) AS identities
ARRAY JOIN hours AS hour
LEFT JOIN
(
    SELECT customer_id, event_id, hour, max(ver) AS withdrawn_ver
    FROM withdrawals
    WHERE withdrawn_at >= fromUnixTimestamp64Milli({inserted_from_ms:Int64})
    GROUP BY customer_id, event_id, hour
) AS done ON done.customer_id = identities.customer_id AND done.event_id = identities.event_id AND done.hour = hour
WHERE (is_voided OR hour != first_hour) AND withdrawn_ver < ver
LIMIT {limit:UInt32}
