CREATE TABLE customer_tags (
	customer_id BIGINT NOT NULL,
	tag         VARCHAR(64) NOT NULL,
	added_by    BIGINT NOT NULL,
	added_at    DATETIME(6) NULL,
	PRIMARY KEY (customer_id, tag)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX customer_tags_tag ON customer_tags (tag, customer_id);

-- Whose a customer is since when, and what was said about it going back to the open pool. A customer without a row is its
-- owner's since it was created. pooled_at is NULL while somebody has it.
CREATE TABLE customer_keeping (
	customer_id BIGINT NOT NULL PRIMARY KEY,
	owner_since DATETIME(6) NULL,
	kept_until  DATETIME(6) NULL,
	warned_at   DATETIME(6) NULL,
	warned_to   BIGINT NOT NULL,
	recall_at   DATETIME(6) NULL,
	why         TEXT NOT NULL,
	pooled_at   DATETIME(6) NULL,
	pooled_by   BIGINT NOT NULL,
	reason      TEXT NOT NULL,
	last_owner  BIGINT NOT NULL,
	version     BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX customer_keeping_pooled ON customer_keeping (pooled_at);
CREATE INDEX customer_keeping_warned ON customer_keeping (warned_to, warned_at);

CREATE TABLE customer_claims (
	id          BIGINT NOT NULL PRIMARY KEY,
	customer_id BIGINT NOT NULL,
	person_id   BIGINT NOT NULL,
	day         DATE NOT NULL,
	at          DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX customer_claims_person ON customer_claims (person_id, day);

-- When a contract ends, which its papers say and its approval does not.
CREATE TABLE contract_terms (
	contract_id BIGINT NOT NULL PRIMARY KEY,
	customer_id BIGINT NOT NULL,
	ends_on     DATE NOT NULL,
	set_by      BIGINT NOT NULL,
	set_at      DATETIME(6) NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX contract_terms_customer ON contract_terms (customer_id, ends_on);

CREATE TABLE contact_roles (
	contact_id  BIGINT NOT NULL PRIMARY KEY,
	customer_id BIGINT NOT NULL,
	role        VARCHAR(32) NOT NULL,
	set_by      BIGINT NOT NULL,
	set_at      DATETIME(6) NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX contact_roles_customer ON contact_roles (customer_id);

CREATE TABLE customer_parts (
	id          BIGINT NOT NULL PRIMARY KEY,
	customer_id BIGINT NOT NULL,
	name        VARCHAR(190) NOT NULL,
	head_id     BIGINT NOT NULL,
	created_by  BIGINT NOT NULL,
	created_at  DATETIME(6) NULL,
	version     BIGINT NOT NULL,
	CONSTRAINT customer_parts_name UNIQUE (customer_id, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who is in charge of a part or of a product line of a customer, beside its owner. part_id 0 is the whole customer, line ''
-- is every line.
CREATE TABLE customer_owners (
	customer_id BIGINT NOT NULL,
	part_id     BIGINT NOT NULL,
	line        VARCHAR(190) NOT NULL,
	owner_id    BIGINT NOT NULL,
	set_by      BIGINT NOT NULL,
	set_at      DATETIME(6) NULL,
	PRIMARY KEY (customer_id, part_id, line)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX customer_owners_owner ON customer_owners (owner_id, customer_id);

-- The key fields of a customer, each with when it was last known to be true. asked_on is the day its rep was last asked.
CREATE INDEX customer_facts_confirmed ON customer_facts (confirmed_at, id);
CREATE INDEX customer_facts_asked ON customer_facts (asked_of, asked_on);

CREATE TABLE calibrations (
	id          BIGINT NOT NULL PRIMARY KEY,
	customer_id BIGINT NOT NULL,
	month       VARCHAR(7) NOT NULL,
	questions   TEXT NOT NULL,
	state       VARCHAR(16) NOT NULL,
	opened_at   DATETIME(6) NULL,
	closed_at   DATETIME(6) NULL,
	version     BIGINT NOT NULL,
	CONSTRAINT calibrations_month UNIQUE (customer_id, month)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE calibration_answers (
	calibration_id BIGINT NOT NULL,
	field          VARCHAR(32) NOT NULL,
	side           VARCHAR(16) NOT NULL,
	person_id      BIGINT NOT NULL,
	value          TEXT NOT NULL,
	at             DATETIME(6) NULL,
	PRIMARY KEY (calibration_id, field, side)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX todos_customer ON todos (customer_id, state, due_at);
CREATE INDEX visits_contact ON visits (contact_id, filed_at);
