-- How deals ended that had reached a stage, of the company (all), a product line (line) or a team (team): what the chance to
-- win is made of. Kept with each change of a deal.
CREATE TABLE outcome_sums (
	stage   VARCHAR(32) NOT NULL,
	cut     VARCHAR(8) NOT NULL,
	cut_key VARCHAR(190) NOT NULL,
	won     BIGINT NOT NULL,
	lost    BIGINT NOT NULL,
	PRIMARY KEY (stage, cut, cut_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How many deals went on from a stage after a stay within the bounds of a bucket.
CREATE TABLE dwell_sums (
	stage  VARCHAR(32) NOT NULL,
	bucket INT NOT NULL,
	moves  BIGINT NOT NULL,
	PRIMARY KEY (stage, bucket)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO outcome_sums (stage, cut, cut_key, won, lost)
SELECT e.stage, 'all', '', SUM(CASE o.state WHEN 'won' THEN 1 ELSE 0 END), SUM(CASE o.state WHEN 'lost' THEN 1 ELSE 0 END)
FROM stage_entries e
JOIN opportunities o ON o.id = e.opportunity_id
WHERE o.state IN ('won', 'lost')
GROUP BY e.stage;

INSERT INTO outcome_sums (stage, cut, cut_key, won, lost)
SELECT e.stage, 'line', o.line, SUM(CASE o.state WHEN 'won' THEN 1 ELSE 0 END), SUM(CASE o.state WHEN 'lost' THEN 1 ELSE 0 END)
FROM stage_entries e
JOIN opportunities o ON o.id = e.opportunity_id
WHERE o.state IN ('won', 'lost') AND o.line <> ''
GROUP BY e.stage, o.line;

INSERT INTO outcome_sums (stage, cut, cut_key, won, lost)
SELECT e.stage, 'team', CAST(o.team_id AS CHAR), SUM(CASE o.state WHEN 'won' THEN 1 ELSE 0 END), SUM(CASE o.state WHEN 'lost' THEN 1 ELSE 0 END)
FROM stage_entries e
JOIN opportunities o ON o.id = e.opportunity_id
WHERE o.state IN ('won', 'lost')
GROUP BY e.stage, o.team_id;

INSERT INTO dwell_sums (stage, bucket, moves)
SELECT
	from_stage,
	CASE
		WHEN dwell_seconds < 3600 THEN 0
		WHEN dwell_seconds < 7200 THEN 1
		WHEN dwell_seconds < 10800 THEN 2
		WHEN dwell_seconds < 14400 THEN 3
		WHEN dwell_seconds < 21600 THEN 4
		WHEN dwell_seconds < 28800 THEN 5
		WHEN dwell_seconds < 43200 THEN 6
		WHEN dwell_seconds < 64800 THEN 7
		WHEN dwell_seconds < 86400 THEN 8
		WHEN dwell_seconds < 108000 THEN 9
		WHEN dwell_seconds < 129600 THEN 10
		WHEN dwell_seconds < 172800 THEN 11
		WHEN dwell_seconds < 216000 THEN 12
		WHEN dwell_seconds < 259200 THEN 13
		WHEN dwell_seconds < 345600 THEN 14
		WHEN dwell_seconds < 432000 THEN 15
		WHEN dwell_seconds < 518400 THEN 16
		WHEN dwell_seconds < 604800 THEN 17
		WHEN dwell_seconds < 777600 THEN 18
		WHEN dwell_seconds < 950400 THEN 19
		WHEN dwell_seconds < 1209600 THEN 20
		WHEN dwell_seconds < 1555200 THEN 21
		WHEN dwell_seconds < 1900800 THEN 22
		WHEN dwell_seconds < 2419200 THEN 23
		WHEN dwell_seconds < 3024000 THEN 24
		WHEN dwell_seconds < 3888000 THEN 25
		WHEN dwell_seconds < 4838400 THEN 26
		WHEN dwell_seconds < 6048000 THEN 27
		WHEN dwell_seconds < 7776000 THEN 28
		WHEN dwell_seconds < 10368000 THEN 29
		WHEN dwell_seconds < 15552000 THEN 30
		WHEN dwell_seconds < 31536000 THEN 31
		ELSE 32
	END AS b,
	COUNT(*)
FROM stage_moves
WHERE CASE from_stage WHEN 'contact' THEN 0 WHEN 'need' THEN 1 WHEN 'proposal' THEN 2 WHEN 'negotiation' THEN 3 WHEN 'contract' THEN 4 WHEN 'won' THEN 5 ELSE -1 END >= 0
	AND CASE to_stage WHEN 'contact' THEN 0 WHEN 'need' THEN 1 WHEN 'proposal' THEN 2 WHEN 'negotiation' THEN 3 WHEN 'contract' THEN 4 WHEN 'won' THEN 5 ELSE -1 END > CASE from_stage WHEN 'contact' THEN 0 WHEN 'need' THEN 1 WHEN 'proposal' THEN 2 WHEN 'negotiation' THEN 3 WHEN 'contract' THEN 4 WHEN 'won' THEN 5 ELSE -1 END
GROUP BY from_stage, b;

-- Deals a person has put aside (不是这单) up to a day.
CREATE TABLE deal_skips (
	person_id      BIGINT NOT NULL,
	opportunity_id BIGINT NOT NULL,
	until_on       DATE NOT NULL,
	PRIMARY KEY (person_id, opportunity_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Moves of open deals to another version of their pipeline, and what each deal was before.
CREATE TABLE way_changes (
	id           BIGINT NOT NULL PRIMARY KEY,
	pipeline     VARCHAR(64) NOT NULL,
	to_pipeline  VARCHAR(64) NOT NULL,
	to_version   INT NOT NULL,
	stages       MEDIUMTEXT NOT NULL,
	state        VARCHAR(16) NOT NULL,
	total        BIGINT NOT NULL,
	moved        BIGINT NOT NULL,
	kept         BIGINT NOT NULL,
	by_id        BIGINT NOT NULL,
	created_at   DATETIME(6) NOT NULL,
	finished_at  DATETIME(6) NULL,
	version      BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE way_change_deals (
	change_id      BIGINT NOT NULL,
	opportunity_id BIGINT NOT NULL,
	from_pipeline  VARCHAR(64) NOT NULL,
	from_version   INT NOT NULL,
	from_stage     VARCHAR(32) NOT NULL,
	from_peak      VARCHAR(32) NOT NULL,
	to_stage       VARCHAR(32) NOT NULL,
	entered        TEXT NOT NULL,
	state          VARCHAR(16) NOT NULL,
	PRIMARY KEY (change_id, opportunity_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX way_change_deals_state ON way_change_deals (change_id, state, opportunity_id);
CREATE INDEX opportunities_pipeline ON opportunities (state, pipeline, pipeline_version, id);
