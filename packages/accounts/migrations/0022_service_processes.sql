-- The processes of the services, as each tells of itself, so that one page can show all of them.

CREATE TABLE service_processes (
  id          text COLLATE "C" PRIMARY KEY,
  service     text NOT NULL,
  started_at  timestamptz NOT NULL,
  reported_at timestamptz NOT NULL,
  checks      jsonb NOT NULL
);
COMMENT ON TABLE service_processes IS 'One row for each process that runs, or was not stopped in order: that it is silent shows by reported_at.';
COMMENT ON COLUMN service_processes.checks IS 'By the name of each dependency, whether it answers.';
