-- The instant up to which every partition of the newest log is stored.
SELECT
    count() AS partitions,
    toUnixTimestamp64Milli(min(as_of)) AS as_of_ms
FROM
(
    SELECT log_partition, max(as_of) AS as_of
    FROM partition_progress
    WHERE log_epoch = (SELECT max(log_epoch) FROM partition_progress)
    GROUP BY log_partition
)
