-- Under which pepper each digest was made, so that it is seen when the one that is replaced can go.

ALTER TABLE api_key_secrets ADD COLUMN pepper_id text;
COMMENT ON COLUMN api_key_secrets.pepper_id IS 'Stands for the pepper that the digest was made under, and says nothing of it; null: made before this was written down.';
