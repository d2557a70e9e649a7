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
