-- What came since a pass of the audit.
SELECT
    count() AS receipts,
    countIf(outcome = 'void') AS voids,
    -- Milliseconds; 0 where nothing came.
    toUnixTimestamp64Milli(min(received_at)) AS oldest_received_ms
FROM receipts
WHERE inserted_at >= fromUnixTimestamp64Milli({inserted_from_ms:Int64})
