-- The hours that events must be taken out of, among the events that receipts came for lately: every hour of a voided event,
-- and every hour but the first copy's of an event whose copies carry times in several.
--
-- inserted_from_ms: receipts inserted since are the ones to look at; only_voids: of them only the voids;
-- received_from_ms: how far back their other copies are looked for; window_seconds: how long after a record another of the
-- same id is a copy.
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
    -- The tombstone's version: above every revision of the first copy, and below an earlier one in whatever hour that turns
    -- up; see version.ts.
    if(
        is_voided,
        bitNot(toUInt128(0)),
        toUInt128(
            bitShiftLeft(toUInt128(bitNot(first.1)), 88)
            + bitShiftLeft(toUInt128(bitNot(first.2)), 24)
            + 16777215
        )
    ) AS version
FROM
(
    SELECT
        customer_id,
        id_hash,
        any(event_id) AS event_id,
        max(void_follows) AS is_voided,
        -- The place of the first copy, and the hour that it carries.
        minIf((log_epoch, log_position), outcome = 'countable') AS first,
        argMinIf(toStartOfHour(time), (log_epoch, log_position), outcome = 'countable') AS first_hour,
        groupUniqArrayIf(toStartOfHour(time), outcome = 'countable') AS hours
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
            -- After the window an id may be used again: that is another event, unless it carries the same hour. A replay
            -- never is.
            SELECT
                customer_id,
                id_hash,
                event_id,
                log_epoch,
                log_position,
                time,
                received_at,
                outcome,
                NOT is_replay
                    AND received_at - toIntervalSecond({window_seconds:UInt32}) > lagInFrame(received_at, 1, received_at) OVER before
                    AND toStartOfHour(time) != lagInFrame(toStartOfHour(time), 1, toStartOfHour(time)) OVER before AS is_new
            FROM receipts
            WHERE received_at >= fromUnixTimestamp64Milli({received_from_ms:Int64})
              AND (customer_id, id_hash) IN (SELECT customer_id, id_hash FROM several)
            WINDOW before AS
            (
                PARTITION BY customer_id, id_hash ORDER BY received_at, log_epoch, log_position
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
            )
        )
    )
    GROUP BY customer_id, id_hash, sending
    HAVING is_voided OR length(hours) > 1
) AS identities
ARRAY JOIN hours AS hour
LEFT JOIN
(
    SELECT customer_id, event_id, hour, max(tombstones.version) AS withdrawn_version
    FROM tombstones
    WHERE withdrawn_at >= fromUnixTimestamp64Milli({inserted_from_ms:Int64})
    GROUP BY customer_id, event_id, hour
) AS done ON done.customer_id = identities.customer_id AND done.event_id = identities.event_id AND done.hour = hour
WHERE (is_voided OR hour != first_hour) AND withdrawn_version < version
LIMIT {limit:UInt32}
