CREATE TABLE filings (
	id              BIGINT NOT NULL PRIMARY KEY,
	kind            VARCHAR(32) NOT NULL,
	person_id       BIGINT NOT NULL,
	team_id         BIGINT NOT NULL,
	customer_id     BIGINT NOT NULL,
	contact_id      BIGINT NOT NULL,
	contact_name    VARCHAR(190) NOT NULL,
	visit_id        BIGINT NOT NULL,
	day             DATE NULL,
	filed_at        DATETIME(6) NULL,
	text            MEDIUMTEXT NOT NULL,
	products        TEXT NOT NULL,
	topic           VARCHAR(64) NOT NULL,
	party           VARCHAR(190) NOT NULL,
	quantity        VARCHAR(64) NOT NULL,
	people          INT NOT NULL,
	amount          BIGINT NOT NULL,
	sentiment       VARCHAR(32) NOT NULL,
	urgent          TINYINT NOT NULL,
	tracking        VARCHAR(64) NOT NULL,
	sent_on         DATE NULL,
	delivered_on    DATE NULL,
	handler_id      BIGINT NOT NULL,
	handled_at      DATETIME(6) NULL,
	closed_at       DATETIME(6) NULL,
	result          TEXT NOT NULL,
	state           VARCHAR(32) NOT NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX filings_person_day ON filings (person_id, day);
CREATE INDEX filings_day ON filings (day);
CREATE INDEX filings_customer ON filings (customer_id, id);
CREATE INDEX filings_kind ON filings (kind, state, id);

-- What of a visit's six actions was done. A visit has each once; what is said later of the same is added to it.
CREATE TABLE visit_actions (
	visit_id        BIGINT NOT NULL,
	action          VARCHAR(32) NOT NULL,
	person_id       BIGINT NOT NULL,
	customer_id     BIGINT NOT NULL,
	day             DATE NULL,
	done_at         DATETIME(6) NULL,
	text            TEXT NOT NULL,
	state           VARCHAR(32) NOT NULL,
	source_event_id VARCHAR(255) NOT NULL,
	PRIMARY KEY (visit_id, action)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX visit_actions_person ON visit_actions (person_id, day);

CREATE TABLE visit_companions (
	id          BIGINT NOT NULL PRIMARY KEY,
	visit_id    BIGINT NOT NULL,
	person_id   BIGINT NOT NULL,
	asked_by    BIGINT NOT NULL,
	customer_id BIGINT NOT NULL,
	day         DATE NULL,
	state       VARCHAR(32) NOT NULL,
	asked_at    DATETIME(6) NULL,
	answered_at DATETIME(6) NULL,
	version     BIGINT NOT NULL,
	CONSTRAINT visit_companions_person UNIQUE (visit_id, person_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX visit_companions_day ON visit_companions (day, state);
CREATE INDEX visit_companions_asked ON visit_companions (person_id, state, id);

-- Numbers of approvals on the platforms, and the record each belongs to.
CREATE TABLE approval_links (
	number          VARCHAR(64) NOT NULL PRIMARY KEY,
	platform        VARCHAR(32) NOT NULL,
	subject_kind    VARCHAR(32) NOT NULL,
	subject_id      BIGINT NOT NULL,
	customer_id     BIGINT NOT NULL,
	person_id       BIGINT NOT NULL,
	linked_at       DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX approval_links_subject ON approval_links (subject_kind, subject_id);
