-- Steps of a stage, and papers of its gates, that were ticked off for a deal.
CREATE TABLE deal_steps (
	id             BIGINT NOT NULL PRIMARY KEY,
	opportunity_id BIGINT NOT NULL,
	step_key       VARCHAR(80) NOT NULL,
	file_id        BIGINT NOT NULL,
	person_id      BIGINT NOT NULL,
	done_at        DATETIME(6) NOT NULL,
	note           TEXT NOT NULL,
	CONSTRAINT deal_steps_key UNIQUE (opportunity_id, step_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
