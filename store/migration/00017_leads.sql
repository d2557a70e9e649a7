CREATE TABLE leads (
	id               BIGINT NOT NULL PRIMARY KEY,
	no               VARCHAR(32) NOT NULL,
	company          VARCHAR(190) NOT NULL,
	name_key         VARCHAR(190) NOT NULL,
	contact          VARCHAR(190) NOT NULL,
	phone            VARCHAR(32) NOT NULL,
	need             TEXT NOT NULL,
	city             VARCHAR(64) NOT NULL,
	region           VARCHAR(32) NOT NULL,
	source           VARCHAR(64) NOT NULL,
	campaign         VARCHAR(190) NOT NULL,
	level            INT NOT NULL,
	state            VARCHAR(16) NOT NULL,
	quality          VARCHAR(16) NOT NULL,
	owner_id         BIGINT NOT NULL,
	team_id          BIGINT NOT NULL,
	why              TEXT NOT NULL,
	round            INT NOT NULL,
	assigned_at      DATETIME(6) NULL,
	accepted_at      DATETIME(6) NULL,
	contacted_at     DATETIME(6) NULL,
	closed_at        DATETIME(6) NULL,
	reason           TEXT NOT NULL,
	customer_id      BIGINT NOT NULL,
	opportunity_id   BIGINT NOT NULL,
	intake           VARCHAR(16) NOT NULL,
	external_id      VARCHAR(190) NOT NULL,
	created_by       BIGINT NOT NULL,
	created_at       DATETIME(6) NULL,
	source_event_id  VARCHAR(255) NOT NULL,
	version          BIGINT NOT NULL,
	CONSTRAINT leads_no UNIQUE (no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX leads_owner ON leads (owner_id, state, assigned_at);
CREATE INDEX leads_phone ON leads (phone);
CREATE INDEX leads_name_key ON leads (name_key);
CREATE INDEX leads_customer ON leads (customer_id);
CREATE INDEX leads_opportunity ON leads (opportunity_id);
CREATE INDEX leads_external ON leads (external_id);
CREATE INDEX leads_created ON leads (created_at);

-- One lead of a telephone a day: of two that come in at the same moment, the second is repeated and finds the first.
CREATE TABLE lead_marks (
	mark    VARCHAR(64) NOT NULL PRIMARY KEY,
	lead_id BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
