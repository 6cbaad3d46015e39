-- How far each partition of the log is stored. Batches of a partition are stored in order, so the last one's end is the end.
SELECT log_epoch, log_partition, max(next_offset) AS next_offset
FROM consumed_ranges
GROUP BY log_epoch, log_partition
