-- What possible duplicates have in common (sales.Name.Keys), as hashes. customer_bigrams is read by the release before this.
CREATE TABLE customer_keys (
	dup_key     BIGINT NOT NULL,
	customer_id BIGINT NOT NULL,
	PRIMARY KEY (dup_key, customer_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX customer_keys_customer ON customer_keys (customer_id);

-- The fields of a customer that are asked for after it was created, each with when it was last known to be true.
CREATE TABLE IF NOT EXISTS customer_facts (
	id           BIGINT NOT NULL PRIMARY KEY,
	customer_id  BIGINT NOT NULL,
	field        VARCHAR(32) NOT NULL,
	value        TEXT NOT NULL,
	confirmed_at DATETIME(6) NULL,
	confirmed_by BIGINT NOT NULL,
	asked_of     BIGINT NOT NULL,
	asked_on     DATE NULL,
	version      BIGINT NOT NULL,
	CONSTRAINT customer_facts_field UNIQUE (customer_id, field)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A customer that was merged into another is no row of customers any more, but one of these; its id leads to the other.
CREATE TABLE customer_merges (
	id          BIGINT NOT NULL PRIMARY KEY,
	from_id     BIGINT NOT NULL,
	into_id     BIGINT NOT NULL,
	from_name   VARCHAR(190) NOT NULL,
	into_name   VARCHAR(190) NOT NULL,
	merged_by   BIGINT NOT NULL,
	merged_at   DATETIME(6) NULL,
	undo_until  DATETIME(6) NULL,
	state       VARCHAR(16) NOT NULL,
	sides       MEDIUMTEXT NOT NULL,
	undone_by   BIGINT NOT NULL,
	undone_at   DATETIME(6) NULL,
	version     BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX customer_merges_from ON customer_merges (from_id, state);
CREATE INDEX customer_merges_into ON customer_merges (into_id, state);
CREATE INDEX customer_merges_by ON customer_merges (merged_by, state, id);

-- The rows that a merge took along, so that taking it back puts exactly these back. row_key is the rest of the row's key.
CREATE TABLE customer_merge_rows (
	merge_id   BIGINT NOT NULL,
	table_name VARCHAR(64) NOT NULL,
	row_key    VARCHAR(255) NOT NULL,
	PRIMARY KEY (merge_id, table_name, row_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Questions to the business registry (工商), asked outside of any turn.
CREATE TABLE registry_checks (
	id            BIGINT NOT NULL PRIMARY KEY,
	customer_id   BIGINT NOT NULL,
	person_id     BIGINT NOT NULL,
	state         VARCHAR(16) NOT NULL,
	auto          TINYINT NOT NULL,
	asked_at      DATETIME(6) NULL,
	answer        TEXT NOT NULL,
	attempts      INT NOT NULL,
	next_at       DATETIME(6) NULL,
	version       BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX registry_checks_state ON registry_checks (state, next_at);
CREATE INDEX registry_checks_customer ON registry_checks (customer_id, id);
