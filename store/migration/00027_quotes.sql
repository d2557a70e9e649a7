CREATE TABLE quotes (
	id              BIGINT NOT NULL PRIMARY KEY,
	no              VARCHAR(64) NOT NULL,
	kind            VARCHAR(32) NOT NULL,
	customer_id     BIGINT NOT NULL,
	opportunity_id  BIGINT NOT NULL,
	owner_id        BIGINT NOT NULL,
	team_id         BIGINT NOT NULL,
	line_items      MEDIUMTEXT NOT NULL,
	amount          BIGINT NOT NULL,
	list_amount     BIGINT NOT NULL,
	valid_until     DATE NULL,
	reason          TEXT NOT NULL,
	files           TEXT NOT NULL,
	request_id      BIGINT NOT NULL,
	contract_id     BIGINT NOT NULL,
	state           VARCHAR(32) NOT NULL,
	created_at      DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL,
	CONSTRAINT quotes_no UNIQUE (no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX quotes_owner ON quotes (owner_id, id);
CREATE INDEX quotes_customer ON quotes (customer_id, id);
CREATE INDEX quotes_valid ON quotes (state, valid_until);

-- Who lets whom decide approvals for them, and when (委托).
CREATE TABLE delegations (
	id              BIGINT NOT NULL PRIMARY KEY,
	person_id       BIGINT NOT NULL,
	deputy_id       BIGINT NOT NULL,
	kinds           TEXT NOT NULL,
	from_at         DATETIME(6) NOT NULL,
	until_at        DATETIME(6) NOT NULL,
	state           VARCHAR(32) NOT NULL,
	created_at      DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX delegations_person ON delegations (person_id, until_at);
