-- The statements of a month made for all customers at once: up to which customer they are made, up to which statement sent.
CREATE TABLE statement_runs (
	id         BIGINT NOT NULL PRIMARY KEY,
	month_on   DATE NOT NULL,
	state      VARCHAR(16) NOT NULL,
	after_id   BIGINT NOT NULL,
	made       BIGINT NOT NULL,
	sent       BIGINT NOT NULL,
	mailed     BIGINT NOT NULL,
	changed    BIGINT NOT NULL,
	sent_by    BIGINT NOT NULL,
	sent_at    DATETIME(6) NULL,
	created_at DATETIME(6) NULL,
	version    BIGINT NOT NULL,
	CONSTRAINT statement_runs_month UNIQUE (month_on)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- When a statement went out, and to which address; empty when somebody of ours hands it on.
ALTER TABLE statements ADD COLUMN sent_at DATETIME(6) NULL;
ALTER TABLE statements ADD COLUMN mailed_to VARCHAR(190) NOT NULL DEFAULT '';

UPDATE statements SET sent_at = created_at WHERE sent_at IS NULL;
