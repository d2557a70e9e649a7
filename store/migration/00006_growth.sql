-- Sums of stage_entries by day, month and year, so that a funnel of any period adds up a few rows however many there are.
-- person_id is a person, 0 for everybody together, or -1 for everybody by team. cut is 0 for all product lines together
-- (line is empty then) and 1 for each by itself. grain is d, m or y, starts_on its first day. They replace funnel_days, which
-- nothing reads any more.
CREATE TABLE funnel_sums (
	person_id BIGINT NOT NULL,
	cut       TINYINT NOT NULL,
	grain     VARCHAR(1) NOT NULL,
	starts_on DATE NOT NULL,
	line      VARCHAR(190) NOT NULL,
	stage     VARCHAR(32) NOT NULL,
	team_id   BIGINT NOT NULL,
	entered   BIGINT NOT NULL,
	amount    BIGINT NOT NULL,
	PRIMARY KEY (person_id, cut, grain, starts_on, line, stage, team_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO funnel_sums (person_id, cut, grain, starts_on, line, stage, team_id, entered, amount)
SELECT
	CASE w.who WHEN 1 THEN e.person_id WHEN 0 THEN 0 ELSE -1 END AS person,
	c.cut,
	g.grain,
	CASE g.grain WHEN 'd' THEN SUBSTR(e.day, 1, 10) WHEN 'm' THEN CONCAT(SUBSTR(e.day, 1, 8), '01') ELSE CONCAT(SUBSTR(e.day, 1, 5), '01-01') END AS first_day,
	CASE c.cut WHEN 0 THEN '' ELSE e.line END AS line_name,
	e.stage,
	CASE w.who WHEN 0 THEN 0 ELSE e.team_id END AS team,
	COUNT(*),
	SUM(e.amount)
FROM stage_entries e
CROSS JOIN (SELECT 1 AS who UNION ALL SELECT 0 UNION ALL SELECT -1) w
CROSS JOIN (SELECT 0 AS cut UNION ALL SELECT 1) c
CROSS JOIN (SELECT 'd' AS grain UNION ALL SELECT 'm' UNION ALL SELECT 'y') g
GROUP BY person, c.cut, g.grain, first_day, line_name, e.stage, team;

-- Where open opportunities stand now, by owner, and with person_id 0 of everybody together.
CREATE TABLE standing_sums (
	person_id     BIGINT NOT NULL,
	stage         VARCHAR(32) NOT NULL,
	team_id       BIGINT NOT NULL,
	opportunities BIGINT NOT NULL,
	amount        BIGINT NOT NULL,
	PRIMARY KEY (person_id, stage, team_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO standing_sums (person_id, stage, team_id, opportunities, amount)
SELECT
	CASE w.who WHEN 1 THEN o.owner_id ELSE 0 END AS person,
	o.stage,
	CASE w.who WHEN 1 THEN o.team_id ELSE 0 END AS team,
	COUNT(*),
	SUM(o.amount)
FROM opportunities o
CROSS JOIN (SELECT 1 AS who UNION ALL SELECT 0) w
WHERE o.state = 'open'
GROUP BY person, o.stage, team;

-- A person's newest visits, without sorting all they ever made.
CREATE INDEX visits_person ON visits (person_id, id);
