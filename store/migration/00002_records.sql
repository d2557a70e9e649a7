CREATE TABLE customers (
	id              BIGINT NOT NULL PRIMARY KEY,
	code            VARCHAR(64) NOT NULL,
	name            VARCHAR(190) NOT NULL,
	name_key        VARCHAR(190) NOT NULL,
	aliases         TEXT NOT NULL,
	uscc            VARCHAR(32) NOT NULL,
	phone           VARCHAR(32) NOT NULL,
	industry        VARCHAR(190) NOT NULL,
	city            VARCHAR(190) NOT NULL,
	class           VARCHAR(32) NOT NULL,
	owner_id        BIGINT NOT NULL,
	team_id         BIGINT NOT NULL,
	created_by      BIGINT NOT NULL,
	created_at      DATETIME(6) NULL,
	last_contact_at DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX customers_name_key ON customers (name_key);
CREATE INDEX customers_uscc ON customers (uscc);
CREATE INDEX customers_phone ON customers (phone);
CREATE INDEX customers_code ON customers (code);
CREATE INDEX customers_owner ON customers (owner_id);

CREATE TABLE customer_bigrams (
	bigram      VARCHAR(16) NOT NULL,
	customer_id BIGINT NOT NULL,
	PRIMARY KEY (bigram, customer_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX customer_bigrams_customer ON customer_bigrams (customer_id);

CREATE TABLE contacts (
	id          BIGINT NOT NULL PRIMARY KEY,
	code        VARCHAR(64) NOT NULL,
	customer_id BIGINT NOT NULL,
	name        VARCHAR(190) NOT NULL,
	title       VARCHAR(190) NOT NULL,
	department  VARCHAR(190) NOT NULL,
	phone       VARCHAR(32) NOT NULL,
	created_by  BIGINT NOT NULL,
	created_at  DATETIME(6) NULL,
	version     BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX contacts_customer ON contacts (customer_id);

CREATE TABLE products (
	id            BIGINT NOT NULL PRIMARY KEY,
	code          VARCHAR(64) NOT NULL,
	name          VARCHAR(190) NOT NULL,
	aliases       TEXT NOT NULL,
	line          VARCHAR(190) NOT NULL,
	list_price    BIGINT NOT NULL,
	floor_percent INT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE visits (
	id                BIGINT NOT NULL PRIMARY KEY,
	person_id         BIGINT NOT NULL,
	team_id           BIGINT NOT NULL,
	customer_id       BIGINT NOT NULL,
	contact_id        BIGINT NOT NULL,
	contact_name      VARCHAR(190) NOT NULL,
	day               DATE NULL,
	filed_at          DATETIME(6) NULL,
	text              MEDIUMTEXT NOT NULL,
	products          TEXT NOT NULL,
	need              TEXT NOT NULL,
	objection         TEXT NOT NULL,
	objection_type    VARCHAR(190) NOT NULL,
	objection_percent VARCHAR(64) NOT NULL,
	amount            BIGINT NOT NULL,
	amount_role       VARCHAR(64) NOT NULL,
	opportunity_id    BIGINT NOT NULL,
	suggested_stage   VARCHAR(32) NOT NULL,
	next_on           DATE NULL,
	reasons           TEXT NOT NULL,
	state             VARCHAR(32) NOT NULL,
	source_event_id   VARCHAR(255) NOT NULL,
	version           BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX visits_person_day ON visits (person_id, day);
CREATE INDEX visits_day ON visits (day);
CREATE INDEX visits_customer ON visits (customer_id, id);

CREATE TABLE todos (
	id              BIGINT NOT NULL PRIMARY KEY,
	owner_id        BIGINT NOT NULL,
	customer_id     BIGINT NOT NULL,
	source_kind     VARCHAR(32) NOT NULL,
	source_id       BIGINT NOT NULL,
	text            TEXT NOT NULL,
	due_on          DATE NULL,
	due_at          DATETIME(6) NULL,
	state           VARCHAR(32) NOT NULL,
	created_at      DATETIME(6) NULL,
	closed_at       DATETIME(6) NULL,
	postponed       INT NOT NULL,
	platform_task   VARCHAR(190) NOT NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX todos_owner ON todos (owner_id, state, due_at);
CREATE INDEX todos_source ON todos (source_kind, source_id);
CREATE INDEX todos_closed ON todos (state, closed_at);

CREATE TABLE opportunities (
	id              BIGINT NOT NULL PRIMARY KEY,
	customer_id     BIGINT NOT NULL,
	owner_id        BIGINT NOT NULL,
	team_id         BIGINT NOT NULL,
	products        TEXT NOT NULL,
	line            VARCHAR(190) NOT NULL,
	amount          BIGINT NOT NULL,
	stage           VARCHAR(32) NOT NULL,
	peak            VARCHAR(32) NOT NULL,
	stage_since     DATETIME(6) NULL,
	expected_on     DATE NULL,
	state           VARCHAR(32) NOT NULL,
	loss_reason     TEXT NOT NULL,
	created_at      DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX opportunities_customer ON opportunities (customer_id, state, id);
CREATE INDEX opportunities_owner ON opportunities (owner_id, state, stage_since);
CREATE INDEX opportunities_state ON opportunities (state, stage_since);

CREATE TABLE stage_moves (
	id              BIGINT NOT NULL PRIMARY KEY,
	opportunity_id  BIGINT NOT NULL,
	person_id       BIGINT NOT NULL,
	team_id         BIGINT NOT NULL,
	from_stage      VARCHAR(32) NOT NULL,
	to_stage        VARCHAR(32) NOT NULL,
	day             DATE NULL,
	moved_at        DATETIME(6) NULL,
	dwell_seconds   BIGINT NOT NULL,
	source_event_id VARCHAR(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX stage_moves_opportunity ON stage_moves (opportunity_id, id);
CREATE INDEX stage_moves_day ON stage_moves (day, person_id);

-- The first time each opportunity reached each stage. funnel_days is the sum of these rows.
CREATE TABLE stage_entries (
	opportunity_id BIGINT NOT NULL,
	stage          VARCHAR(32) NOT NULL,
	day            DATE NOT NULL,
	team_id        BIGINT NOT NULL,
	person_id      BIGINT NOT NULL,
	line           VARCHAR(190) NOT NULL,
	amount         BIGINT NOT NULL,
	PRIMARY KEY (opportunity_id, stage)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE funnel_days (
	day       DATE NOT NULL,
	person_id BIGINT NOT NULL,
	team_id   BIGINT NOT NULL,
	line      VARCHAR(190) NOT NULL,
	stage     VARCHAR(32) NOT NULL,
	entered   BIGINT NOT NULL,
	amount    BIGINT NOT NULL,
	PRIMARY KEY (day, person_id, team_id, line, stage)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE daily_reports (
	id           BIGINT NOT NULL PRIMARY KEY,
	person_id    BIGINT NOT NULL,
	team_id      BIGINT NOT NULL,
	day          DATE NOT NULL,
	state        VARCHAR(32) NOT NULL,
	summary      MEDIUMTEXT NOT NULL,
	plan         MEDIUMTEXT NOT NULL,
	extra        MEDIUMTEXT NOT NULL,
	submitted_at DATETIME(6) NULL,
	version      BIGINT NOT NULL,
	CONSTRAINT daily_reports_day UNIQUE (day, person_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE stage_captures (
	day       DATE NOT NULL,
	person_id BIGINT NOT NULL,
	team_id   BIGINT NOT NULL,
	stage     VARCHAR(32) NOT NULL,
	count     BIGINT NOT NULL,
	amount    BIGINT NOT NULL,
	PRIMARY KEY (day, person_id, stage)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
