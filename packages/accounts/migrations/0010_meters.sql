-- Meters: what is measured over the data of events. They never change; a slug is never given again.

CREATE TABLE meters (
  slug        text COLLATE "C" CONSTRAINT meters_slug_is_unique PRIMARY KEY CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  name        text NOT NULL,
  event_type  text NOT NULL,
  aggregation text NOT NULL CHECK (aggregation IN ('sum', 'count', 'unique', 'max', 'latest')),
  value_path  text CHECK ((value_path IS NULL) = (aggregation = 'count')),
  dimensions  jsonb NOT NULL CHECK (jsonb_typeof(dimensions) = 'object'),
  created_at  timestamptz NOT NULL,
  archived_at timestamptz
);
COMMENT ON COLUMN meters.event_type IS 'The type of the events that it looks at.';
COMMENT ON COLUMN meters.value_path IS 'Where in the data of an event the value is: $.name, ["any name"], [index]. Null for a count.';
COMMENT ON COLUMN meters.dimensions IS 'Paths in the data, by the name that they are grouped by.';
COMMENT ON COLUMN meters.archived_at IS 'Since when it is not measured any more; what it measured can still be asked for.';
