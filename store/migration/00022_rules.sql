-- Rules as people wrote them (规则). n is the version in force, of rule_versions; state is draft, on or off.
CREATE TABLE rules (
	id         BIGINT NOT NULL PRIMARY KEY,
	name       VARCHAR(64) NOT NULL,
	source     VARCHAR(16) NOT NULL,
	state      VARCHAR(16) NOT NULL,
	n          INT NOT NULL,
	updated_by BIGINT NOT NULL,
	updated_at DATETIME(6) NOT NULL,
	version    BIGINT NOT NULL,
	CONSTRAINT rules_name UNIQUE (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE rule_versions (
	rule_id BIGINT NOT NULL,
	n       INT NOT NULL,
	text    TEXT NOT NULL,
	author  BIGINT NOT NULL,
	at      DATETIME(6) NOT NULL,
	note    VARCHAR(190) NOT NULL,
	PRIMARY KEY (rule_id, n)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How often a rule fired on a day, and when last.
CREATE TABLE rule_days (
	rule_id BIGINT NOT NULL,
	day     DATE NOT NULL,
	fired   BIGINT NOT NULL,
	last_at DATETIME(6) NOT NULL,
	PRIMARY KEY (rule_id, day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The events the rules have not seen yet. A row is written with its event and deleted with what follows from it, so that
-- each is seen once, however late its transaction was committed.
CREATE TABLE event_queue (
	event_id BIGINT NOT NULL PRIMARY KEY
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Dry runs read the events of a few kinds of a month.
CREATE INDEX events_kind ON events (kind, id);

-- An incident of a rule: the version it began with, since when its clock runs, which rules led to it, how often its last
-- step was repeated, and whose it was made by handing over.
ALTER TABLE incidents ADD COLUMN rule_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN rule_n INT NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN since DATETIME(6) NULL;
ALTER TABLE incidents ADD COLUMN chain VARCHAR(190) NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN repeats INT NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN given_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN by_state TINYINT NOT NULL DEFAULT 0;

CREATE INDEX incidents_rule ON incidents (rule_id, state, id);

-- What the rule of 48 hours had open before it became a rule like others: it opens incidents of its own.
UPDATE incidents SET state = 'resolved', resolution = '改由规则提醒' WHERE kind = 'contract.overdue' AND state = 'open';

-- rules.done is the revision of the rules whose moments are written.
INSERT INTO revisions (name, value) VALUES ('rules', 1), ('rules.done', 0);
