CREATE TABLE absences (
	id              BIGINT NOT NULL PRIMARY KEY,
	person_id       BIGINT NOT NULL,
	team_id         BIGINT NOT NULL,
	kind            VARCHAR(32) NOT NULL,
	from_at         DATETIME(6) NOT NULL,
	until_at        DATETIME(6) NOT NULL,
	place           VARCHAR(190) NOT NULL,
	reason          TEXT NOT NULL,
	deputy_id       BIGINT NOT NULL,
	state           VARCHAR(32) NOT NULL,
	created_at      DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX absences_person ON absences (person_id, until_at);
CREATE INDEX absences_until ON absences (state, until_at);

-- What was to be pushed to somebody who is away; told in one message when they are back.
CREATE TABLE held_pushes (
	id        BIGINT NOT NULL PRIMARY KEY,
	person_id BIGINT NOT NULL,
	subject   VARCHAR(190) NOT NULL,
	line      TEXT NOT NULL,
	held_at   DATETIME(6) NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX held_pushes_person ON held_pushes (person_id, id);
