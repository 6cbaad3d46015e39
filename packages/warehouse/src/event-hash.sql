-- The hash that names an event inside its customer, as text.
SELECT toString(reinterpretAsUInt128(sipHash128Reference({event_id:String}))) AS id_hash_text
