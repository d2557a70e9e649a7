-- What an administrator changed of stages, fields, people and teams beside the files: one row for each change, never altered.
CREATE TABLE setup_changes (
	id              BIGINT NOT NULL PRIMARY KEY,
	kind            VARCHAR(16) NOT NULL,
	target          VARCHAR(190) NOT NULL,
	n               BIGINT NOT NULL,
	items           TEXT NOT NULL,
	note            VARCHAR(190) NOT NULL,
	person_id       BIGINT NOT NULL,
	at              DATETIME(6) NULL,
	source_event_id VARCHAR(190) NOT NULL,
	CONSTRAINT setup_changes_n UNIQUE (kind, target, n)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO revisions (name, value) VALUES ('setup', 0);
