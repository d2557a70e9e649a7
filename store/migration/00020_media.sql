-- Secrets the program makes itself, such as the key that signs links: one for all replicas.
CREATE TABLE secrets (
	name  VARCHAR(64) NOT NULL PRIMARY KEY,
	value VARCHAR(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What is known of a picture or a voice clip beside its bytes: what it belongs to, and what was read from it.
CREATE TABLE media (
	file_id      BIGINT NOT NULL PRIMARY KEY,
	kind         VARCHAR(16) NOT NULL,
	person_id    BIGINT NOT NULL,
	customer_id  BIGINT NOT NULL,
	subject_kind VARCHAR(32) NOT NULL,
	subject_id   BIGINT NOT NULL,
	state        VARCHAR(16) NOT NULL,
	width        INT NOT NULL,
	height       INT NOT NULL,
	look         BIGINT NOT NULL,
	text         TEXT NOT NULL,
	sent_at      DATETIME(6) NOT NULL,
	version      BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX media_subject ON media (subject_kind, subject_id);
CREATE INDEX media_person ON media (person_id, sent_at);
CREATE INDEX media_state ON media (state, file_id);
