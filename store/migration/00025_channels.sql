-- Where people are reached outside the chats.
ALTER TABLE persons
	ADD COLUMN mail VARCHAR(254) NOT NULL DEFAULT '';

-- When a delivery was last tried, by the clock of then: in the future when that clock has been set back since.
ALTER TABLE outbox
	ADD COLUMN tried_at DATETIME(6) NULL;

-- Whom a delivery pushes something to. state is now (it goes, or went, by itself), held (it waits for the person's next
-- digest, at), told (it was a line of a digest), missed (it did
-- not arrive) or ended (it had become pointless).
CREATE TABLE pushes (
	delivery_id BIGINT NOT NULL,
	person_id   BIGINT NOT NULL,
	account     VARCHAR(254) NOT NULL,
	state       VARCHAR(16) NOT NULL,
	at          DATETIME(6) NOT NULL,
	read_at     DATETIME(6) NULL,
	PRIMARY KEY (delivery_id, person_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX pushes_person ON pushes (person_id, state, at);

-- One row for each person who was pushed something: it is locked while what they got within the hour is counted.
CREATE TABLE push_marks (
	person_id   BIGINT NOT NULL PRIMARY KEY,
	delivery_id BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
