-- What a message writes is made lighter. Indexes that only pruning or nobody used go; the rows are found by their ids,
-- which are ordered by time. Columns that are mostly empty get the default a statement may leave them to. The release
-- before this one goes on as it did: it names every column, and what it looks for is still found.
CREATE INDEX outbox_of_card ON outbox (card_id);
DROP INDEX outbox_card ON outbox;
DROP INDEX outbox_done ON outbox;
DROP INDEX outbox_subject ON outbox;
DROP INDEX inbox_sender ON inbox;

ALTER TABLE inbox
	ALTER COLUMN attempts SET DEFAULT 0;
ALTER TABLE outbox
	ALTER COLUMN via SET DEFAULT '',
	ALTER COLUMN card_id SET DEFAULT 0,
	ALTER COLUMN fresh SET DEFAULT 0,
	ALTER COLUMN unsure SET DEFAULT 0,
	ALTER COLUMN attempts SET DEFAULT 0,
	ALTER COLUMN claimed_by SET DEFAULT '',
	ALTER COLUMN reason SET DEFAULT '';
ALTER TABLE todos
	ALTER COLUMN postponed SET DEFAULT 0,
	ALTER COLUMN platform_task SET DEFAULT '';
ALTER TABLE visits
	ALTER COLUMN contact_name SET DEFAULT '',
	ALTER COLUMN objection_type SET DEFAULT '',
	ALTER COLUMN objection_percent SET DEFAULT '',
	ALTER COLUMN amount SET DEFAULT 0,
	ALTER COLUMN amount_role SET DEFAULT '',
	ALTER COLUMN opportunity_id SET DEFAULT 0,
	ALTER COLUMN suggested_stage SET DEFAULT '';
