CREATE TABLE handovers (
	id          BIGINT NOT NULL PRIMARY KEY,
	from_id     BIGINT NOT NULL,
	to_id       BIGINT NOT NULL,
	by_id       BIGINT NOT NULL,
	scope       TEXT NOT NULL,
	customers   MEDIUMTEXT NOT NULL,
	counts      TEXT NOT NULL,
	total       BIGINT NOT NULL,
	moved       BIGINT NOT NULL,
	state       VARCHAR(16) NOT NULL,
	created_at  DATETIME(6) NULL,
	finished_at DATETIME(6) NULL,
	undo_until  DATETIME(6) NULL,
	version     BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX handovers_from ON handovers (from_id, state);
CREATE INDEX handovers_by ON handovers (by_id, state);

-- What a handover moved, so that it can be looked up and taken back.
CREATE TABLE handover_items (
	handover_id BIGINT NOT NULL,
	kind        VARCHAR(32) NOT NULL,
	record_id   BIGINT NOT NULL,
	undone      TINYINT NOT NULL,
	PRIMARY KEY (handover_id, kind, record_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
