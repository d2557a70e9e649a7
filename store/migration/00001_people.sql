CREATE TABLE persons (
	id         BIGINT NOT NULL PRIMARY KEY,
	code       VARCHAR(64) NOT NULL,
	name       VARCHAR(190) NOT NULL,
	phone      VARCHAR(32) NOT NULL,
	roles      TEXT NOT NULL,
	team_id    BIGINT NOT NULL,
	manager_id BIGINT NOT NULL,
	hired_on   DATE NULL,
	active     TINYINT NOT NULL,
	CONSTRAINT persons_code UNIQUE (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE teams (
	id        BIGINT NOT NULL PRIMARY KEY,
	code      VARCHAR(64) NOT NULL,
	name      VARCHAR(190) NOT NULL,
	region    VARCHAR(190) NOT NULL,
	parent_id BIGINT NOT NULL,
	lead_id   BIGINT NOT NULL,
	CONSTRAINT teams_code UNIQUE (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- account is the user id in lower case: WeCom sends it back so, whatever it was.
CREATE TABLE identities (
	platform  VARCHAR(32) NOT NULL,
	account   VARCHAR(190) NOT NULL,
	user_id   VARCHAR(190) NOT NULL,
	person_id BIGINT NOT NULL,
	union_id  VARCHAR(190) NOT NULL,
	linked_at DATETIME(6) NULL,
	PRIMARY KEY (platform, account)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX identities_person ON identities (person_id);

CREATE TABLE link_codes (
	code       VARCHAR(64) NOT NULL PRIMARY KEY,
	person_id  BIGINT NOT NULL,
	expires_at DATETIME(6) NOT NULL,
	used       TINYINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE group_chats (
	platform VARCHAR(32) NOT NULL,
	chat_id  VARCHAR(190) NOT NULL,
	name     VARCHAR(190) NOT NULL,
	team_id  BIGINT NOT NULL,
	seen_at  DATETIME(6) NULL,
	PRIMARY KEY (platform, chat_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One row for each person. Locking it locks the person.
CREATE TABLE dialogues (
	person_id  BIGINT NOT NULL PRIMARY KEY,
	topic      VARCHAR(64) NOT NULL,
	draft      MEDIUMTEXT NOT NULL,
	asked_at   DATETIME(6) NULL,
	expires_at DATETIME(6) NULL,
	last       TEXT NOT NULL,
	greeted    TINYINT NOT NULL,
	platform   VARCHAR(32) NOT NULL,
	version    BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE revisions (
	name  VARCHAR(32) NOT NULL PRIMARY KEY,
	value BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO revisions (name, value) VALUES ('master', 1), ('org', 1);

-- What changed in the master data at which revision, for those who keep an index of names.
CREATE TABLE master_changes (
	revision  BIGINT NOT NULL,
	kind      VARCHAR(32) NOT NULL,
	record_id BIGINT NOT NULL,
	PRIMARY KEY (revision, kind, record_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
