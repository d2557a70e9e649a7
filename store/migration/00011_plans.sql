CREATE TABLE visit_plans (
	id              BIGINT NOT NULL PRIMARY KEY,
	person_id       BIGINT NOT NULL,
	team_id         BIGINT NOT NULL,
	customer_id     BIGINT NOT NULL,
	customer_name   VARCHAR(190) NOT NULL,
	contact_id      BIGINT NOT NULL,
	contact_name    VARCHAR(190) NOT NULL,
	day             DATE NULL,
	part            VARCHAR(32) NOT NULL,
	due_at          DATETIME(6) NULL,
	purpose         TEXT NOT NULL,
	appointed       TINYINT NOT NULL,
	moved           INT NOT NULL,
	state           VARCHAR(32) NOT NULL,
	created_at      DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX visit_plans_person ON visit_plans (person_id, day);
CREATE INDEX visit_plans_day ON visit_plans (day);
CREATE INDEX visit_plans_customer ON visit_plans (customer_id, day);
