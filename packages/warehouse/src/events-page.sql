-- One page of receipts, newest first by the time they carry. A record that was inserted again may be there twice, and is then
-- on consecutive rows.
--
-- received_from_ms: none of the period was received before; conditions: the filters; after: the end of the page before.
SELECT
    customer_id,
    event_id,
    toString(id_hash) AS id_hash_text,
    log_epoch,
    log_partition,
    log_position,
    -- Milliseconds, both.
    toUnixTimestamp64Milli(time) AS time_ms,
    toUnixTimestamp64Milli(received_at) AS received_ms,
    content_hash,
    toString(outcome) AS outcome_name,
    reason,
    is_replay,
    reporter_key_id
FROM receipts
WHERE outcome != 'void'
  AND received_at >= fromUnixTimestamp64Milli({received_from_ms:Int64}, 'UTC')
  AND time >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
  AND time < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
  {{conditions}}
  {{after}}
ORDER BY time DESC, log_epoch DESC, log_partition DESC, log_position DESC
LIMIT {limit:UInt32}
