-- One page of what a meter measured: a row for each bucket and group that has events. Values are decimals of 18 digits after
-- the point, never floats; an event whose value is missing or is none is skipped, and counted as such.
--
-- bucket: where each bucket starts; groups: `expression AS g0, …`; names: `, g0, …`; path: `, segment, …` of the value;
-- rows: what is read; valid: what an event needs to be aggregated; value: the aggregate as text; conditions: the filters; after: the end of the
-- page before.
SELECT *
FROM
(
    SELECT
        bucket{{names}},
        toUInt64(count()) AS events,
        countIf(NOT {{valid}}) AS skipped,
        {{value}} AS value
    FROM
    (
        SELECT
            roundDown(toUnixTimestamp64Milli(time), {{bucket}}) AS bucket{{groups}},
            -- The order of `latest`: by time; of one instant the one that came last.
            (time, received_at, event_id) AS place,
            toString(JSONType(data{{path}})) AS value_type,
            if(value_type = 'String', JSONExtractString(data{{path}}), JSONExtractRaw(data{{path}})) AS value_text,
            value_type IN ('String', 'Int64', 'UInt64', 'Double', 'Bool') AS is_scalar,
            -- Decimal text is taken digit by digit. Thirty digits before the point leave room for the sum of any number of events.
            (
                (value_type = 'String' AND match(value_text, '^-?[0-9]{1,30}([.][0-9]{1,18})?$'))
                OR value_type IN ('Int64', 'UInt64')
                OR (value_type = 'Double' AND abs(toFloat64OrZero(value_text)) < 1e30)
            ) AS is_number,
            toDecimal256OrZero(if(is_number, value_text, '0'), 18) AS number
        FROM {{rows}}
        WHERE hour >= toDateTime({from_hour:UInt32}, 'UTC')
          AND hour < toDateTime({to_hour:UInt32}, 'UTC')
          AND time >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')
          AND time < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')
          AND type = {event_type:String}
          {{conditions}}
    )
    GROUP BY bucket{{names}}
)
WHERE {{after}}
ORDER BY bucket{{names}}
LIMIT {limit:UInt32}
