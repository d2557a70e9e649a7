-- Goods on their way to a customer, or back.
CREATE TABLE shipments (
	id BIGINT NOT NULL PRIMARY KEY,
	no VARCHAR(32) NOT NULL,
	kind VARCHAR(16) NOT NULL,
	contract_id BIGINT NOT NULL,
	customer_id BIGINT NOT NULL,
	owner_id BIGINT NOT NULL,
	team_id BIGINT NOT NULL,
	quantity BIGINT NOT NULL,
	unit VARCHAR(16) NOT NULL,
	amount BIGINT NOT NULL,
	tracking VARCHAR(64) NOT NULL,
	promised_on DATE NULL,
	shipped_on DATE NULL,
	signed_on DATE NULL,
	receiver VARCHAR(64) NOT NULL,
	reason VARCHAR(255) NOT NULL,
	state VARCHAR(16) NOT NULL,
	created_by BIGINT NOT NULL,
	created_at DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version BIGINT NOT NULL,
	CONSTRAINT shipments_no UNIQUE (no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX shipments_contract ON shipments (contract_id, id);
CREATE INDEX shipments_customer ON shipments (customer_id, id);
CREATE INDEX shipments_state ON shipments (state, owner_id, shipped_on);

-- Invoices and credit notes. Amounts in fen; open_amount = amount - credited - paid.
CREATE TABLE invoices (
	id BIGINT NOT NULL PRIMARY KEY,
	no VARCHAR(32) NOT NULL,
	tax_no VARCHAR(64) NOT NULL,
	kind VARCHAR(16) NOT NULL,
	contract_id BIGINT NOT NULL,
	customer_id BIGINT NOT NULL,
	owner_id BIGINT NOT NULL,
	team_id BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	paid BIGINT NOT NULL,
	credited BIGINT NOT NULL,
	open_amount BIGINT NOT NULL,
	issued_on DATE NULL,
	due_on DATE NULL,
	promised_on DATE NULL,
	promised_by BIGINT NOT NULL,
	credit_of BIGINT NOT NULL,
	reason VARCHAR(255) NOT NULL,
	source VARCHAR(16) NOT NULL,
	quiet_until DATE NULL,
	auto VARCHAR(8) NOT NULL,
	state VARCHAR(16) NOT NULL,
	created_by BIGINT NOT NULL,
	created_at DATETIME(6) NULL,
	settled_on DATE NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version BIGINT NOT NULL,
	CONSTRAINT invoices_no UNIQUE (no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX invoices_contract ON invoices (contract_id, id);
CREATE INDEX invoices_customer ON invoices (customer_id, state, due_on);
CREATE INDEX invoices_month ON invoices (customer_id, issued_on);
-- The lists of what is open: everyone's, and some people's, the first due first.
CREATE INDEX invoices_open ON invoices (state, due_on, id);
CREATE INDEX invoices_owner ON invoices (owner_id, state, due_on);
-- What an unmatched payment of exactly this amount may pay.
CREATE INDEX invoices_amount ON invoices (state, open_amount);
CREATE INDEX invoices_debtors ON invoices (state, customer_id, open_amount, due_on);
CREATE INDEX invoices_tax_no ON invoices (tax_no);
CREATE INDEX invoices_loose ON invoices (contract_id, kind, created_at);
CREATE INDEX invoices_auto ON invoices (auto, id);
CREATE INDEX invoices_credit ON invoices (credit_of);

-- Money that came in. left_amount = amount - used.
CREATE TABLE payments (
	id BIGINT NOT NULL PRIMARY KEY,
	no VARCHAR(32) NOT NULL,
	customer_id BIGINT NOT NULL,
	contract_id BIGINT NOT NULL,
	owner_id BIGINT NOT NULL,
	team_id BIGINT NOT NULL,
	payer VARCHAR(190) NOT NULL,
	amount BIGINT NOT NULL,
	used BIGINT NOT NULL,
	left_amount BIGINT NOT NULL,
	received_on DATE NULL,
	bank_ref VARCHAR(128) NOT NULL,
	note VARCHAR(255) NOT NULL,
	source VARCHAR(16) NOT NULL,
	auto VARCHAR(8) NOT NULL,
	state VARCHAR(16) NOT NULL,
	created_by BIGINT NOT NULL,
	created_at DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version BIGINT NOT NULL,
	CONSTRAINT payments_no UNIQUE (no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX payments_contract ON payments (contract_id, id);
CREATE INDEX payments_customer ON payments (customer_id, received_on);
CREATE INDEX payments_open ON payments (state, contract_id, received_on, id);
CREATE INDEX payments_owner ON payments (owner_id, received_on);
CREATE INDEX payments_auto ON payments (auto, id);
CREATE INDEX payments_told ON payments (bank_ref, received_on);
CREATE INDEX payments_same ON payments (amount, received_on);

-- A bank's entry becomes one payment, whoever brings it first.
CREATE TABLE payment_refs (
	bank_ref VARCHAR(128) NOT NULL PRIMARY KEY,
	payment_id BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What of which payment went to which invoice, and by which rule.
CREATE TABLE allocations (
	id BIGINT NOT NULL PRIMARY KEY,
	payment_id BIGINT NOT NULL,
	invoice_id BIGINT NOT NULL,
	contract_id BIGINT NOT NULL,
	customer_id BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	rule_name VARCHAR(16) NOT NULL,
	person_id BIGINT NOT NULL,
	at DATETIME(6) NULL,
	state VARCHAR(16) NOT NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX allocations_payment ON allocations (payment_id, id);
CREATE INDEX allocations_invoice ON allocations (invoice_id, id);
CREATE INDEX allocations_customer ON allocations (customer_id, at);

-- Where each contract stands on its way to cash; its version guards all that belongs to it.
CREATE TABLE contract_cash (
	contract_id BIGINT NOT NULL PRIMARY KEY,
	no VARCHAR(64) NOT NULL,
	customer_id BIGINT NOT NULL,
	owner_id BIGINT NOT NULL,
	team_id BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	shipped INT NOT NULL,
	signed INT NOT NULL,
	returned INT NOT NULL,
	shipped_amount BIGINT NOT NULL,
	invoiced BIGINT NOT NULL,
	paid BIGINT NOT NULL,
	prepaid BIGINT NOT NULL,
	open_amount BIGINT NOT NULL,
	first_signed_on DATE NULL,
	first_invoiced_on DATE NULL,
	next_due_on DATE NULL,
	colour VARCHAR(16) NOT NULL,
	why VARCHAR(1000) NOT NULL,
	to_invoice TINYINT NOT NULL,
	released_by BIGINT NOT NULL,
	released_why VARCHAR(255) NOT NULL,
	updated_at DATETIME(6) NULL,
	version BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX contract_cash_owner ON contract_cash (owner_id, colour, contract_id);
CREATE INDEX contract_cash_colour ON contract_cash (colour, contract_id);
CREATE INDEX contract_cash_to_invoice ON contract_cash (to_invoice, owner_id, first_signed_on);
CREATE INDEX contract_cash_signed ON contract_cash (first_signed_on, owner_id);
CREATE INDEX contract_cash_customer ON contract_cash (customer_id, contract_id);

-- What is open of each person's invoices by due day; a day without any has no row.
CREATE TABLE receivable_days (
	owner_id BIGINT NOT NULL,
	due_on DATE NOT NULL,
	open_count BIGINT NOT NULL,
	open_amount BIGINT NOT NULL,
	PRIMARY KEY (owner_id, due_on)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What was invoiced, taken back and received each day, by whose customer it is.
CREATE TABLE cash_days (
	day DATE NOT NULL,
	owner_id BIGINT NOT NULL,
	invoiced BIGINT NOT NULL,
	credited BIGINT NOT NULL,
	received BIGINT NOT NULL,
	invoices BIGINT NOT NULL,
	payments BIGINT NOT NULL,
	PRIMARY KEY (day, owner_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
