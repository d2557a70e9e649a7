-- What the columns of a bank's or ERP's files are called, by source, so that the next file is understood by itself.
CREATE TABLE sheet_words (
	kind       VARCHAR(32) NOT NULL,
	source     VARCHAR(64) NOT NULL,
	column_key VARCHAR(32) NOT NULL,
	word       VARCHAR(128) NOT NULL,
	set_by     BIGINT NOT NULL,
	set_at     DATETIME(6) NULL,
	PRIMARY KEY (kind, source, column_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A customer's account of one month, and what the customer said to it.
CREATE TABLE statements (
	id              BIGINT NOT NULL PRIMARY KEY,
	customer_id     BIGINT NOT NULL,
	month_on        DATE NOT NULL,
	owner_id        BIGINT NOT NULL,
	opening         BIGINT NOT NULL,
	invoiced        BIGINT NOT NULL,
	received        BIGINT NOT NULL,
	closing         BIGINT NOT NULL,
	theirs          BIGINT NOT NULL,
	difference      BIGINT NOT NULL,
	state           VARCHAR(16) NOT NULL,
	note            VARCHAR(255) NOT NULL,
	answered_by     VARCHAR(64) NOT NULL,
	answered_at     DATETIME(6) NULL,
	token_hash      VARCHAR(64) NOT NULL,
	token_until     DATETIME(6) NULL,
	created_by      BIGINT NOT NULL,
	created_at      DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL,
	CONSTRAINT statements_month UNIQUE (customer_id, month_on)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX statements_token ON statements (token_hash);
CREATE INDEX statements_state ON statements (month_on, state, owner_id);
