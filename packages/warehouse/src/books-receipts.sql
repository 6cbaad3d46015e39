-- What the receipts say of a period: acceptances, and what became of each but the first of its event.
--
-- Nearly every event has one row, and is counted by a plain scan. The events that have several (copies, a void, a replay,
-- or the same record inserted again) are judged one by one, and their rows are taken off the scan's counts.
--
-- received_from_ms: no copy of an event of the period came before; window_seconds: how long after a record another of the
-- same id is a copy; owner: the customer, or nothing where all are asked for together; customers: the filter by customer, if any;
-- receiptsHorizon: leaves out what lies beyond a place of the log, if asked.
WITH several AS
(
    SELECT customer_id, id_hash
    FROM receipts
    WHERE received_at >= fromUnixTimestamp64Milli({received_from_ms:Int64}, 'UTC') {{customers}}
    GROUP BY customer_id, id_hash
    HAVING count() > 1
    SETTINGS optimize_aggregation_in_order = 1
)
SELECT
    owner,
    toInt64(sum(scanned_countable) - sum(judged_countable) + sum(scanned_dead) - sum(judged_dead) + sum(accepted)) AS accepted,
    sum(duplicate) AS duplicate,
    sum(conflict) AS conflict,
    toInt64(sum(scanned_dead) - sum(judged_dead) + sum(dead_lettered)) AS dead_lettered,
    sum(voided) AS voided
FROM
(
    -- Rows of the period that are acceptances.
    SELECT
        {{owner}} AS owner,
        toInt64(countIf(outcome = 'countable')) AS scanned_countable,
        toInt64(countIf(outcome = 'dead_lettered')) AS scanned_dead,
        0 AS judged_countable,
        0 AS judged_dead,
        0 AS accepted,
        0 AS duplicate,
        0 AS conflict,
        0 AS dead_lettered,
        0 AS voided
    FROM receipts
    WHERE received_at >= fromUnixTimestamp64Milli({received_from_ms:Int64}, 'UTC')
      AND time >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
      AND time < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
      AND NOT is_replay {{customers}} {{receiptsHorizon}}
    GROUP BY owner

    UNION ALL

    SELECT
        {{owner}} AS owner,
        0 AS scanned_countable,
        0 AS scanned_dead,
        toInt64(sum(countable_rows)) AS judged_countable,
        toInt64(sum(dead_rows)) AS judged_dead,
        toInt64(sumIf(copies, is_here)) AS accepted,
        toInt64(sumIf(greatest(same, 1) - 1, is_here AND copies > 0)) AS duplicate,
        -- Copies that say something else than the first; a replayed first is not among the copies.
        toInt64(sumIf(copies - greatest(same, 1), is_here AND copies > 0)) AS conflict,
        toInt64(countIf(is_here AND copies > 0 AND NOT is_counted AND NOT is_voided)) AS dead_lettered,
        toInt64(countIf(is_here AND copies > 0 AND is_voided)) AS voided
    FROM
    (
        SELECT
            customer_id,
            -- What the scan has counted of the event.
            sumIf(record_rows, outcome = 'countable' AND NOT is_replay AND is_in_period) AS countable_rows,
            sumIf(record_rows, outcome = 'dead_lettered' AND NOT is_replay AND is_in_period) AS dead_rows,
            -- Acceptances: a replay is the same one again, and a void is none.
            countIf(outcome != 'void' AND NOT is_replay) AS copies,
            countIf(outcome = 'countable') > 0 AS is_counted,
            max(void_follows) AS is_voided,
            -- Whether the first is in the period, and what it says: the first that was counted, or of those that could not
            -- be, the first.
            if(
                is_counted,
                argMinIf((is_in_period, content_hash), place, outcome = 'countable'),
                argMinIf((is_in_period, content_hash), place, outcome = 'dead_lettered')
            ) AS first,
            first.1 AS is_here,
            -- Of the acceptances, those that say the same as the first.
            countEqual(groupArrayIf(content_hash, outcome != 'void' AND NOT is_replay), first.2) AS same
        FROM
        (
            -- Which sending of the id a record belongs to, and whether a void comes with it or after it.
            SELECT
                *,
                sum(is_new) OVER
                (
                    PARTITION BY customer_id, id_hash ORDER BY received_at, log_epoch, log_position
                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS sending,
                max(outcome = 'void') OVER
                (
                    PARTITION BY customer_id, id_hash ORDER BY received_at, log_epoch, log_position
                    ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
                ) AS void_follows
            FROM
            (
                -- After the window an id may be used again: that is another event, unless it carries the same hour. A
                -- replay never is.
                SELECT
                    *,
                    NOT is_replay
                        AND received_at - toIntervalSecond({window_seconds:UInt32}) > lagInFrame(received_at, 1, received_at) OVER before
                        AND hour != lagInFrame(hour, 1, hour) OVER before AS is_new
                FROM
                (
                    -- A record is one row here, however often it was inserted.
                    SELECT
                        customer_id,
                        id_hash,
                        log_epoch,
                        log_position,
                        (log_epoch, log_position) AS place,
                        count() AS record_rows,
                        any(receipts.outcome) AS outcome,
                        any(receipts.is_replay) AS is_replay,
                        any(receipts.content_hash) AS content_hash,
                        any(receipts.received_at) AS received_at,
                        any(toStartOfHour(time)) AS hour,
                        any(time) >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
                            AND any(time) < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC') AS is_in_period
                    FROM receipts
                    WHERE receipts.received_at >= fromUnixTimestamp64Milli({received_from_ms:Int64}, 'UTC') {{customers}} {{receiptsHorizon}}
                      AND (customer_id, id_hash) IN (SELECT customer_id, id_hash FROM several)
                    GROUP BY customer_id, id_hash, log_epoch, log_partition, log_position
                )
                WINDOW before AS
                (
                    PARTITION BY customer_id, id_hash ORDER BY received_at, log_epoch, log_position
                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                )
            )
        )
        GROUP BY customer_id, id_hash, sending
    )
    GROUP BY owner
)
GROUP BY owner
-- Of all customers it scans a month of receipts and more.
SETTINGS max_execution_time = 70
