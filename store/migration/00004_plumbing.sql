-- Every event that was taken, by its identity. event is kept only while it waits or is parked.
CREATE TABLE inbox (
	id            BIGINT NOT NULL PRIMARY KEY,
	event_key     VARCHAR(255) NOT NULL,
	person_id     BIGINT NOT NULL,
	sender        VARCHAR(255) NOT NULL,
	state         VARCHAR(16) NOT NULL,
	event         MEDIUMTEXT NULL,
	at            DATETIME(6) NOT NULL,
	received_at   DATETIME(6) NOT NULL,
	attempts      INT NOT NULL,
	claimed_until DATETIME(6) NULL,
	reason        TEXT NULL,
	CONSTRAINT inbox_event UNIQUE (event_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX inbox_state ON inbox (state, at);
CREATE INDEX inbox_sender ON inbox (sender, state, at);

-- delivery_key is the hash of (subject, kind, slot, recipient). wake_at is when the row next wants to be looked at: not
-- before it may go, or when the lease of whoever is sending it ends; NULL once there is nothing left to do.
CREATE TABLE outbox (
	id           BIGINT NOT NULL PRIMARY KEY,
	delivery_key BINARY(32) NOT NULL,
	subject      VARCHAR(255) NOT NULL,
	kind         VARCHAR(16) NOT NULL,
	slot         VARCHAR(190) NOT NULL,
	recipient    MEDIUMTEXT NOT NULL,
	platform     VARCHAR(32) NOT NULL,
	via          VARCHAR(32) NOT NULL,
	users        MEDIUMTEXT NOT NULL,
	chat         TEXT NOT NULL,
	route        TEXT NOT NULL,
	content      MEDIUMTEXT NOT NULL,
	card_id      BIGINT NOT NULL,
	fresh        BIGINT NOT NULL,
	state        VARCHAR(16) NOT NULL,
	unsure       TINYINT NOT NULL,
	attempts     INT NOT NULL,
	queued_at    DATETIME(6) NOT NULL,
	wake_at      DATETIME(6) NULL,
	claimed_by   VARCHAR(64) NOT NULL,
	done_at      DATETIME(6) NULL,
	receipt      MEDIUMTEXT NULL,
	reason       VARCHAR(190) NOT NULL,
	CONSTRAINT outbox_delivery UNIQUE (delivery_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX outbox_wake ON outbox (wake_at, state);
CREATE INDEX outbox_card ON outbox (card_id, state);
CREATE INDEX outbox_done ON outbox (done_at);
CREATE INDEX outbox_subject ON outbox (subject);

CREATE TABLE cards (
	id       BIGINT NOT NULL PRIMARY KEY,
	card_key VARCHAR(190) NOT NULL,
	platform VARCHAR(32) NOT NULL,
	users    MEDIUMTEXT NOT NULL,
	chat     TEXT NOT NULL,
	face     MEDIUMTEXT NOT NULL,
	version  BIGINT NOT NULL,
	receipt  MEDIUMTEXT NULL,
	state    VARCHAR(16) NOT NULL,
	sent_at  DATETIME(6) NULL,
	-- The one-time code of the newest tap that was not spent on a new face, which allows one change without a tap.
	tap_code VARCHAR(190) NOT NULL DEFAULT '',
	tap_until DATETIME(6) NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX cards_key ON cards (card_key, state);

CREATE TABLE dues (
	id            BIGINT NOT NULL PRIMARY KEY,
	kind          VARCHAR(64) NOT NULL,
	subject_kind  VARCHAR(32) NOT NULL,
	subject_id    BIGINT NOT NULL,
	slot          VARCHAR(128) NOT NULL,
	due_at        DATETIME(6) NOT NULL,
	state         VARCHAR(16) NOT NULL,
	reason        TEXT NOT NULL,
	attempts      INT NOT NULL,
	claimed_by    VARCHAR(64) NOT NULL,
	claimed_until DATETIME(6) NULL,
	CONSTRAINT dues_slot UNIQUE (subject_kind, subject_id, kind, slot)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX dues_due ON dues (state, due_at);

CREATE TABLE events (
	id           BIGINT NOT NULL PRIMARY KEY,
	at           DATETIME(6) NOT NULL,
	kind         VARCHAR(64) NOT NULL,
	subject_kind VARCHAR(32) NOT NULL,
	subject_id   BIGINT NOT NULL,
	person_id    BIGINT NOT NULL,
	data         MEDIUMTEXT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX events_subject ON events (subject_kind, subject_id, id);

CREATE TABLE audit (
	id           BIGINT NOT NULL PRIMARY KEY,
	at           DATETIME(6) NOT NULL,
	person_id    BIGINT NOT NULL,
	event_id     VARCHAR(255) NOT NULL,
	verb         VARCHAR(64) NOT NULL,
	subject_kind VARCHAR(32) NOT NULL,
	subject_id   BIGINT NOT NULL,
	changes      MEDIUMTEXT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX audit_subject ON audit (subject_kind, subject_id, id);

-- The Merkle log over audit: which row is which leaf, and the hashes of the tree in the order tlog stores them.
CREATE TABLE audit_leaves (
	seq      BIGINT NOT NULL PRIMARY KEY,
	audit_id BIGINT NOT NULL,
	hash     BINARY(32) NOT NULL,
	CONSTRAINT audit_leaves_row UNIQUE (audit_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE audit_hashes (
	seq  BIGINT NOT NULL PRIMARY KEY,
	hash BINARY(32) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE audit_checkpoints (
	size      BIGINT NOT NULL PRIMARY KEY,
	note      TEXT NOT NULL,
	signed_at DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE leases (
	name   VARCHAR(190) NOT NULL PRIMARY KEY,
	holder VARCHAR(190) NOT NULL,
	until  DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The node numbers ids are made with. last_ms is the newest millisecond its ids may carry, so that a process that
-- starts with a clock set back never makes an id again.
CREATE TABLE replicas (
	node    INT NOT NULL PRIMARY KEY,
	holder  VARCHAR(190) NOT NULL,
	until   DATETIME(6) NOT NULL,
	last_ms BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE api_calls (
	platform VARCHAR(32) NOT NULL,
	month    VARCHAR(7) NOT NULL,
	api      VARCHAR(128) NOT NULL,
	calls    BIGINT NOT NULL,
	PRIMARY KEY (platform, month, api)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
