-- Who is on duty by turns (值班), the replacements for single days, and who was told last that it is their turn.
CREATE TABLE rosters (
	id              BIGINT NOT NULL PRIMARY KEY,
	name            VARCHAR(60) NOT NULL,
	people          TEXT NOT NULL,
	every_days      INT NOT NULL,
	first_at        DATETIME(6) NOT NULL,
	source          VARCHAR(16) NOT NULL,
	state           VARCHAR(16) NOT NULL,
	updated_by      BIGINT NOT NULL,
	updated_at      DATETIME(6) NOT NULL,
	version         BIGINT NOT NULL,
	CONSTRAINT rosters_name UNIQUE (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE roster_swaps (
	id              BIGINT NOT NULL PRIMARY KEY,
	roster_id       BIGINT NOT NULL,
	person_id       BIGINT NOT NULL,
	from_at         DATETIME(6) NOT NULL,
	until_at        DATETIME(6) NOT NULL,
	state           VARCHAR(16) NOT NULL,
	created_by      BIGINT NOT NULL,
	created_at      DATETIME(6) NOT NULL,
	version         BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX roster_swaps_until ON roster_swaps (state, until_at);

CREATE TABLE roster_told (
	roster_id       BIGINT NOT NULL PRIMARY KEY,
	person_id       BIGINT NOT NULL,
	at              DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
