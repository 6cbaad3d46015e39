-- Entries of the log between the first and the last that were consumed, and yet in no range: each was skipped.
SELECT sum(gap) AS missing
FROM
(
    SELECT
        -- How far the ranges before this one reach.
        max(next_offset) OVER
        (
            PARTITION BY log_epoch, log_partition
            ORDER BY first_offset
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS reached,
        row_number() OVER (PARTITION BY log_epoch, log_partition ORDER BY first_offset) AS place,
        if(place > 1 AND first_offset > reached, first_offset - reached, 0) AS gap
    FROM
    (
        SELECT log_epoch, log_partition, first_offset, max(next_offset) AS next_offset
        FROM consumed_ranges
        GROUP BY log_epoch, log_partition, first_offset
    )
)
