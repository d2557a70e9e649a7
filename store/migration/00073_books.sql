-- Until which day the books are closed (关账): what was invoiced, credited and received up to it does not move any more. One row; filing
-- what is dated into an earlier month and closing lock it, so that they wait for each other.
CREATE TABLE book_state (
	id        BIGINT NOT NULL PRIMARY KEY,
	closed_on DATE NULL,
	version   BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO book_state (id, closed_on, version) VALUES (1, NULL, 1);

-- Each closing and reopening of a month, with what the month came to at that moment. Rows are never changed.
CREATE TABLE book_closings (
	id              BIGINT NOT NULL PRIMARY KEY,
	month_on        DATE NOT NULL,
	act             VARCHAR(16) NOT NULL,
	invoiced        BIGINT NOT NULL,
	credited        BIGINT NOT NULL,
	received        BIGINT NOT NULL,
	invoices        BIGINT NOT NULL,
	payments        BIGINT NOT NULL,
	loose           BIGINT NOT NULL,
	loose_amount    BIGINT NOT NULL,
	reason          VARCHAR(255) NOT NULL,
	person_id       BIGINT NOT NULL,
	at              DATETIME(6) NULL,
	source_event_id VARCHAR(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX book_closings_month ON book_closings (month_on, id);

-- What a statement would say now, where its figures have changed since the customer confirmed it; no moment while they have not.
ALTER TABLE statements ADD COLUMN altered_at DATETIME(6) NULL;
ALTER TABLE statements ADD COLUMN altered_opening BIGINT NOT NULL DEFAULT 0;
ALTER TABLE statements ADD COLUMN altered_invoiced BIGINT NOT NULL DEFAULT 0;
ALTER TABLE statements ADD COLUMN altered_received BIGINT NOT NULL DEFAULT 0;

-- The last cut-off day of what was taken over from before (期初): sums of days begin behind it. What was taken over is invoiced and paid
-- on no day that is known, so it leaves the sums of its cut-off day.
ALTER TABLE book_state ADD COLUMN opened_on DATE NULL;
UPDATE book_state SET opened_on = (SELECT MAX(x.d) FROM (SELECT MAX(issued_on) AS d FROM invoices WHERE source = 'opening' UNION ALL SELECT MAX(received_on) AS d FROM payments WHERE source = 'opening') x);
UPDATE cash_days SET
	invoiced = invoiced - COALESCE((SELECT SUM(i.amount) FROM invoices i WHERE i.source = 'opening' AND i.state <> 'undone' AND i.issued_on = cash_days.day AND i.owner_id = cash_days.owner_id), 0),
	invoices = invoices - (SELECT COUNT(*) FROM invoices i WHERE i.source = 'opening' AND i.state <> 'undone' AND i.issued_on = cash_days.day AND i.owner_id = cash_days.owner_id),
	received = received - COALESCE((SELECT SUM(p.amount) FROM payments p WHERE p.source = 'opening' AND p.state <> 'undone' AND p.received_on = cash_days.day AND p.owner_id = cash_days.owner_id), 0),
	payments = payments - (SELECT COUNT(*) FROM payments p WHERE p.source = 'opening' AND p.state <> 'undone' AND p.received_on = cash_days.day AND p.owner_id = cash_days.owner_id)
	WHERE day IN (SELECT issued_on FROM invoices WHERE source = 'opening') OR day IN (SELECT received_on FROM payments WHERE source = 'opening');

-- Contracts taken over without the day they were signed: they are signed in no month that is known.
ALTER TABLE contracts ADD COLUMN undated TINYINT NOT NULL DEFAULT 0;
