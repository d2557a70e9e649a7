CREATE TABLE contracts (
	id               BIGINT NOT NULL PRIMARY KEY,
	no               VARCHAR(64) NOT NULL,
	customer_id      BIGINT NOT NULL,
	opportunity_id   BIGINT NOT NULL,
	owner_id         BIGINT NOT NULL,
	team_id          BIGINT NOT NULL,
	products         TEXT NOT NULL,
	amount           BIGINT NOT NULL,
	prepay_percent   INT NOT NULL,
	payment_days     INT NOT NULL,
	delivery_days    INT NOT NULL,
	discount_percent INT NOT NULL,
	terms            MEDIUMTEXT NOT NULL,
	files            TEXT NOT NULL,
	request_id       BIGINT NOT NULL,
	state            VARCHAR(32) NOT NULL,
	created_at       DATETIME(6) NULL,
	source_event_id  VARCHAR(255) NOT NULL,
	version          BIGINT NOT NULL,
	CONSTRAINT contracts_no UNIQUE (no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX contracts_owner ON contracts (owner_id, id);
CREATE INDEX contracts_customer ON contracts (customer_id, id);
CREATE INDEX contracts_created ON contracts (created_at);

CREATE TABLE requests (
	id             BIGINT NOT NULL PRIMARY KEY,
	kind           VARCHAR(32) NOT NULL,
	record_id      BIGINT NOT NULL,
	no             VARCHAR(64) NOT NULL,
	title          TEXT NOT NULL,
	amount         BIGINT NOT NULL,
	requester_id   BIGINT NOT NULL,
	requester_name VARCHAR(190) NOT NULL,
	state          VARCHAR(32) NOT NULL,
	round          INT NOT NULL,
	step           INT NOT NULL,
	steps          MEDIUMTEXT NOT NULL,
	version        BIGINT NOT NULL,
	submitted_at   DATETIME(6) NULL,
	round_since    DATETIME(6) NULL,
	step_since     DATETIME(6) NULL,
	nudged_at      DATETIME(6) NULL,
	decided_at     DATETIME(6) NULL,
	cc             MEDIUMTEXT NOT NULL,
	rules          TEXT NOT NULL,
	log            MEDIUMTEXT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX requests_record ON requests (kind, record_id);

-- Whose turn it is: written anew with every change of a request.
CREATE TABLE request_approvers (
	person_id  BIGINT NOT NULL,
	request_id BIGINT NOT NULL,
	PRIMARY KEY (person_id, request_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX request_approvers_request ON request_approvers (request_id);

CREATE TABLE incidents (
	id            BIGINT NOT NULL PRIMARY KEY,
	kind          VARCHAR(64) NOT NULL,
	subject_kind  VARCHAR(32) NOT NULL,
	subject_id    BIGINT NOT NULL,
	level         INT NOT NULL,
	state         VARCHAR(32) NOT NULL,
	opened_at     DATETIME(6) NULL,
	acked_by      BIGINT NOT NULL,
	acked_at      DATETIME(6) NULL,
	ack_until     DATETIME(6) NULL,
	snoozed_until DATETIME(6) NULL,
	resolved_at   DATETIME(6) NULL,
	resolution    TEXT NOT NULL,
	version       BIGINT NOT NULL,
	CONSTRAINT incidents_subject UNIQUE (subject_kind, subject_id, kind)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE incident_steps (
	id          BIGINT NOT NULL PRIMARY KEY,
	incident_id BIGINT NOT NULL,
	at          DATETIME(6) NULL,
	level       INT NOT NULL,
	what        VARCHAR(64) NOT NULL,
	person_id   BIGINT NOT NULL,
	note        TEXT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX incident_steps_incident ON incident_steps (incident_id, id);

-- Everyone an incident's story names, to find it by.
CREATE TABLE incident_people (
	person_id   BIGINT NOT NULL,
	incident_id BIGINT NOT NULL,
	PRIMARY KEY (person_id, incident_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE files (
	id         BIGINT NOT NULL PRIMARY KEY,
	name       VARCHAR(255) NOT NULL,
	mime       VARCHAR(190) NOT NULL,
	size       BIGINT NOT NULL,
	sha256     VARCHAR(64) NOT NULL,
	person_id  BIGINT NOT NULL,
	ref        MEDIUMTEXT NOT NULL,
	platform   VARCHAR(32) NOT NULL,
	state      VARCHAR(32) NOT NULL,
	attempts   INT NOT NULL,
	created_at DATETIME(6) NULL,
	version    BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX files_state ON files (state, id);

CREATE TABLE uploads (
	hash       VARCHAR(128) NOT NULL PRIMARY KEY,
	person_id  BIGINT NOT NULL,
	topic      VARCHAR(190) NOT NULL,
	expires_at DATETIME(6) NOT NULL,
	used       TINYINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE sequences (
	name  VARCHAR(64) NOT NULL PRIMARY KEY,
	value BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
