-- Questions put to those who decide (审批申请), by people and by rules.
CREATE TABLE applications (
	id              BIGINT NOT NULL PRIMARY KEY,
	no              VARCHAR(64) NOT NULL,
	topic           VARCHAR(64) NOT NULL,
	body            TEXT NOT NULL,
	about_kind      VARCHAR(32) NOT NULL,
	about_id        BIGINT NOT NULL,
	about_title     VARCHAR(255) NOT NULL,
	customer_id     BIGINT NOT NULL,
	owner_id        BIGINT NOT NULL,
	team_id         BIGINT NOT NULL,
	amount          BIGINT NOT NULL,
	files           TEXT NOT NULL,
	state           VARCHAR(32) NOT NULL,
	request_id      BIGINT NOT NULL,
	rule            VARCHAR(64) NOT NULL,
	source          VARCHAR(191) NOT NULL,
	created_at      DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL,
	CONSTRAINT applications_no UNIQUE (no),
	CONSTRAINT applications_source UNIQUE (source)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX applications_owner ON applications (owner_id, id);
CREATE INDEX applications_customer ON applications (customer_id, id);
CREATE INDEX applications_about ON applications (about_kind, about_id, id);
