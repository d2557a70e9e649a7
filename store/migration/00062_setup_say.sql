-- What people call the thing an administrator changed, for rules; empty for changes of before.
ALTER TABLE setup_changes ADD COLUMN say VARCHAR(190) NOT NULL DEFAULT '';
