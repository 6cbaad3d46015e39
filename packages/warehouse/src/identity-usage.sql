-- What counts of the events that are named by customer and hash, in parallel arrays; the hashes as text. The receipts tell
-- the hours to look in.
--
-- columns: all that a usage row is read back from.
SELECT
    {{columns}}
FROM usage_rows FINAL
WHERE (customer_id, hour, event_id) IN
(
    SELECT customer_id, toStartOfHour(time), event_id
    FROM receipts
    WHERE outcome = 'countable' AND (customer_id, id_hash) IN
    (
        SELECT pair.1, toUInt128(pair.2)
        FROM (SELECT arrayJoin(arrayZip({customers:Array(String)}, {hashes:Array(String)})) AS pair)
    )
)
