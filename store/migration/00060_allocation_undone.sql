-- Through which event a match was taken back, so that a credit note that is taken back restores what it had set free and nothing else.
ALTER TABLE allocations ADD COLUMN undone_event_id VARCHAR(255) NOT NULL DEFAULT '';
