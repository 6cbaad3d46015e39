-- What the receipts say of a period: acceptances, and what became of each but the first of its event.
--
-- received_from_ms: no copy of an event of the period came before; customers: the filter by customer, if any.
SELECT
    sum(copies) AS accepted,
    sumIf(greatest(same, 1) - 1, copies > 0) AS duplicate,
    -- Copies that say something else than the first; a replayed first is not among the copies.
    sumIf(copies - greatest(same, 1), copies > 0) AS conflict,
    countIf(copies > 0 AND NOT is_counted) AS dead_lettered,
    countIf(is_counted AND is_voided) AS voided
FROM
(
    SELECT
        -- Acceptances: a replay is the same one again, and a void is none.
        countIf(is_event AND NOT is_replay) AS copies,
        countIf(outcome = 'countable') > 0 AS is_counted,
        countIf(outcome = 'void') > 0 AS is_voided,
        -- The first copy that was counted, or of those that could not be, the first.
        if(
            is_counted,
            argMinIf((time, content_hash), (log_epoch, log_position), outcome = 'countable'),
            argMinIf((time, content_hash), (log_epoch, log_position), outcome = 'dead_lettered')
        ) AS first,
        -- Of the acceptances, those that say the same as the first.
        countEqual(groupArrayIf(content_hash, is_event AND NOT is_replay), first.2) AS same
    FROM
    (
        SELECT
            customer_id,
            id_hash,
            log_epoch,
            log_position,
            time,
            content_hash,
            outcome,
            outcome != 'void' AS is_event,
            is_replay
        FROM receipts FINAL
        WHERE received_at >= fromUnixTimestamp64Milli({received_from_ms:Int64}, 'UTC') {{customers}}
    )
    GROUP BY customer_id, id_hash
    HAVING first.1 >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
       AND first.1 < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
)
SETTINGS optimize_aggregation_in_order = 1
