-- What the ERP says of the orders that signed contracts became.
CREATE TABLE erp_orders (
	contract_id BIGINT NOT NULL PRIMARY KEY,
	no          VARCHAR(64) NOT NULL,
	state       VARCHAR(16) NOT NULL,
	seq         BIGINT NOT NULL,
	amount      BIGINT NOT NULL,
	shipped     BIGINT NOT NULL,
	invoiced    BIGINT NOT NULL,
	note        VARCHAR(255) NOT NULL,
	sent_at     DATETIME(6) NULL,
	said_at     DATETIME(6) NULL,
	version     BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX erp_orders_state ON erp_orders (state, sent_at);
CREATE INDEX erp_orders_no ON erp_orders (no);

ALTER TABLE contract_cash ADD COLUMN erp VARCHAR(190) NOT NULL DEFAULT '';

-- To whom and how a customer is billed.
CREATE TABLE customer_billing (
	customer_id BIGINT NOT NULL PRIMARY KEY,
	title       VARCHAR(190) NOT NULL,
	tax_no      VARCHAR(32) NOT NULL,
	address     VARCHAR(190) NOT NULL,
	phone       VARCHAR(32) NOT NULL,
	bank        VARCHAR(190) NOT NULL,
	account     VARCHAR(64) NOT NULL,
	mail        VARCHAR(190) NOT NULL,
	set_by      BIGINT NOT NULL,
	set_at      DATETIME(6) NULL,
	version     BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Invoices as they are asked of the e-invoice service, one for each of our invoices and credit notes.
CREATE TABLE einvoices (
	id         BIGINT NOT NULL PRIMARY KEY,
	invoice_id BIGINT NOT NULL,
	person_id  BIGINT NOT NULL,
	state      VARCHAR(16) NOT NULL,
	tax_no     VARCHAR(64) NOT NULL,
	pdf_url    VARCHAR(500) NOT NULL,
	field      VARCHAR(32) NOT NULL,
	message    VARCHAR(255) NOT NULL,
	attempts   INT NOT NULL,
	try_at     DATETIME(6) NULL,
	created_at DATETIME(6) NULL,
	ended_at   DATETIME(6) NULL,
	version    BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX einvoices_invoice ON einvoices (invoice_id, id);
CREATE INDEX einvoices_state ON einvoices (state, try_at);

-- Differences between contract, ERP and visits that somebody has looked at, by what differed.
CREATE TABLE gap_answers (
	gap        VARCHAR(120) NOT NULL PRIMARY KEY,
	person_id  BIGINT NOT NULL,
	note       VARCHAR(255) NOT NULL,
	at         DATETIME(6) NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
