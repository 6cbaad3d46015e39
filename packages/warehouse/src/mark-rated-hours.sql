-- Marks the hours of a step as changed, before its rows are written.
INSERT INTO hour_changes (customer_id, hour)
SELECT
    pair.1,
    toDateTime(pair.2, 'UTC')
FROM (SELECT arrayJoin(arrayZip({customers:Array(String)}, {hours:Array(UInt32)})) AS pair)
