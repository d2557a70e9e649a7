-- Tax, seal and original of a contract.
CREATE TABLE contract_papers (
	contract_id BIGINT NOT NULL PRIMARY KEY,
	tax_rate    INT NOT NULL,
	state       VARCHAR(32) NOT NULL,
	asked_by    BIGINT NOT NULL,
	asked_at    DATETIME(6) NULL,
	sealed_by   BIGINT NOT NULL,
	sealed_at   DATETIME(6) NULL,
	due_on      DATE NULL,
	returned_by BIGINT NOT NULL,
	returned_at DATETIME(6) NULL,
	version     BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX contract_papers_due ON contract_papers (state, due_on);

-- How much a customer may owe.
CREATE TABLE customer_credits (
	id           BIGINT NOT NULL PRIMARY KEY,
	customer_id  BIGINT NOT NULL,
	credit_limit BIGINT NOT NULL,
	set_by       BIGINT NOT NULL,
	set_at       DATETIME(6) NULL,
	version      BIGINT NOT NULL,
	CONSTRAINT customer_credits_customer UNIQUE (customer_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
