-- The instant up to which every partition of the newest log is stored; no row while a partition was never reported.
--
-- partitions: how many the log has.
SELECT toUnixTimestamp64Milli(min(as_of)) AS as_of_ms
FROM
(
    SELECT log_epoch, log_partition, max(as_of) AS as_of
    FROM partition_progress
    GROUP BY log_epoch, log_partition
)
GROUP BY log_epoch
HAVING count() >= {partitions:UInt32}
ORDER BY log_epoch DESC
LIMIT 1
