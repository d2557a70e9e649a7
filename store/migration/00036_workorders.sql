-- Work orders across departments (协同工单): what the rep asks for, by the fields of a product family.
CREATE TABLE work_orders (
	id              BIGINT NOT NULL PRIMARY KEY,
	no              VARCHAR(64) NOT NULL,
	family          VARCHAR(64) NOT NULL,
	title           VARCHAR(190) NOT NULL,
	customer_id     BIGINT NOT NULL,
	opportunity_id  BIGINT NOT NULL,
	owner_id        BIGINT NOT NULL,
	team_id         BIGINT NOT NULL,
	field_values    MEDIUMTEXT NOT NULL,
	drawings        TEXT NOT NULL,
	margin          INT NOT NULL,
	amount          BIGINT NOT NULL,
	urgent          TINYINT NOT NULL,
	need_on         DATE NULL,
	priority        INT NOT NULL,
	state           VARCHAR(32) NOT NULL,
	reason          TEXT NOT NULL,
	agreement_id    BIGINT NOT NULL,
	revision        INT NOT NULL,
	created_at      DATETIME(6) NULL,
	submitted_at    DATETIME(6) NULL,
	ready_at        DATETIME(6) NULL,
	closed_at       DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL,
	CONSTRAINT work_orders_no UNIQUE (no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX work_orders_owner ON work_orders (owner_id, id);
CREATE INDEX work_orders_customer ON work_orders (customer_id, id);
CREATE INDEX work_orders_ready ON work_orders (ready_at);

-- The parts of a work order, one for each step of its family's plan.
CREATE TABLE work_tasks (
	id           BIGINT NOT NULL PRIMARY KEY,
	order_id     BIGINT NOT NULL,
	step         INT NOT NULL,
	name         VARCHAR(64) NOT NULL,
	role         VARCHAR(64) NOT NULL,
	owner_id     BIGINT NOT NULL,
	hours        INT NOT NULL,
	behind       TEXT NOT NULL,
	state        VARCHAR(32) NOT NULL,
	opened_at    DATETIME(6) NULL,
	due_at       DATETIME(6) NULL,
	accepted_at  DATETIME(6) NULL,
	held_at      DATETIME(6) NULL,
	held_seconds BIGINT NOT NULL,
	done_at      DATETIME(6) NULL,
	result       TEXT NOT NULL,
	reason       TEXT NOT NULL,
	files        TEXT NOT NULL,
	version      BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX work_tasks_order ON work_tasks (order_id, step);
CREATE INDEX work_tasks_owner ON work_tasks (owner_id, state);
CREATE INDEX work_tasks_role ON work_tasks (role, state);
CREATE INDEX work_tasks_done ON work_tasks (state, done_at);

-- What was said about a work order (批注), never changed.
CREATE TABLE work_notes (
	id         BIGINT NOT NULL PRIMARY KEY,
	order_id   BIGINT NOT NULL,
	task_id    BIGINT NOT NULL,
	person_id  BIGINT NOT NULL,
	kind       VARCHAR(32) NOT NULL,
	field      VARCHAR(64) NOT NULL,
	text       TEXT NOT NULL,
	created_at DATETIME(6) NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX work_notes_order ON work_notes (order_id, id);

-- Technical agreements (技术协议), and each version of one as it was written.
CREATE TABLE agreements (
	id              BIGINT NOT NULL PRIMARY KEY,
	no              VARCHAR(64) NOT NULL,
	order_id        BIGINT NOT NULL,
	customer_id     BIGINT NOT NULL,
	owner_id        BIGINT NOT NULL,
	team_id         BIGINT NOT NULL,
	revision        INT NOT NULL,
	file_id         BIGINT NOT NULL,
	state           VARCHAR(32) NOT NULL,
	request_id      BIGINT NOT NULL,
	created_at      DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL,
	CONSTRAINT agreements_no UNIQUE (no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX agreements_order ON agreements (order_id);

CREATE TABLE agreement_versions (
	id           BIGINT NOT NULL PRIMARY KEY,
	order_id     BIGINT NOT NULL,
	agreement_id BIGINT NOT NULL,
	revision     INT NOT NULL,
	field_values MEDIUMTEXT NOT NULL,
	results      MEDIUMTEXT NOT NULL,
	file_id      BIGINT NOT NULL,
	sha256       VARCHAR(64) NOT NULL,
	created_by   BIGINT NOT NULL,
	created_at   DATETIME(6) NULL,
	CONSTRAINT agreement_versions_revision UNIQUE (order_id, revision)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
