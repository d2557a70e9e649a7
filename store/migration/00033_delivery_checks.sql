-- Promised days of delivery that are, or were, asked of the delivery calendar.
CREATE TABLE delivery_checks (
	id              BIGINT NOT NULL PRIMARY KEY,
	contract_id     BIGINT NOT NULL,
	customer_id     BIGINT NOT NULL,
	person_id       BIGINT NOT NULL,
	products        TEXT NOT NULL,
	quantity        BIGINT NOT NULL,
	unit            VARCHAR(16) NOT NULL,
	day             DATE NULL,
	state           VARCHAR(16) NOT NULL,
	alternatives    TEXT NOT NULL,
	note            VARCHAR(255) NOT NULL,
	attempts        INT NOT NULL,
	try_at          DATETIME(6) NULL,
	created_at      DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX delivery_checks_contract ON delivery_checks (contract_id, id);
CREATE INDEX delivery_checks_customer ON delivery_checks (customer_id, id);
CREATE INDEX delivery_checks_state ON delivery_checks (state, try_at);
