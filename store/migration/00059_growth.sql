-- Which fields of a customer are known (客户完整度), a bit for each: see store/completeness.go. And how many customers of an owner
-- know which fields, kept with every change, so that a company's completeness does not count its customers.
ALTER TABLE customers ADD COLUMN known BIGINT NOT NULL DEFAULT 0;

CREATE TABLE completeness_sums (
	owner_id  BIGINT NOT NULL,
	known     BIGINT NOT NULL,
	customers BIGINT NOT NULL,
	PRIMARY KEY (owner_id, known)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Its only reader counted customers by it.
DROP INDEX customers_known ON customers;

UPDATE customers SET known = CASE WHEN uscc <> '' THEN 1 ELSE 0 END + CASE WHEN city <> '' THEN 2 ELSE 0 END +
	COALESCE((SELECT SUM(CASE f.field WHEN 'region' THEN 4 WHEN 'budget' THEN 8 WHEN 'decision' THEN 16 WHEN 'cycle' THEN 32
		WHEN 'tech' THEN 64 WHEN 'buyer' THEN 128 WHEN 'address' THEN 256 WHEN 'size' THEN 512 ELSE 0 END)
		FROM customer_facts f WHERE f.customer_id = customers.id AND f.value <> ''), 0);

INSERT INTO completeness_sums (owner_id, known, customers) SELECT owner_id, known, COUNT(*) FROM customers GROUP BY owner_id, known;

-- What a push is about, since deliveries have no index by it: there are many more of them.
ALTER TABLE pushes ADD COLUMN subject VARCHAR(255) NOT NULL DEFAULT '';
CREATE INDEX pushes_subject ON pushes (subject, delivery_id);
UPDATE pushes SET subject = COALESCE((SELECT o.subject FROM outbox o WHERE o.id = pushes.delivery_id), '');

-- Whether the ERP's order may say something else than the contract and its papers (see store/align.go); and a mark of contracts that
-- have an order, set a day later by a job as moved and seen are.
ALTER TABLE erp_orders ADD COLUMN apart TINYINT NOT NULL DEFAULT 1;
UPDATE erp_orders SET apart = COALESCE((
	SELECT CASE WHEN c.state = 'approved' AND erp_orders.state NOT IN ('sent', 'rejected') AND (erp_orders.amount = 0 OR erp_orders.amount = c.amount)
		AND (erp_orders.state NOT IN ('shipped', 'invoiced', 'closed') OR COALESCE(s.shipped, 0) > 0)
		AND (erp_orders.invoiced = 0 OR erp_orders.invoiced = COALESCE(s.invoiced, 0))
		AND (erp_orders.shipped = 0 OR COALESCE(s.shipped_amount, 0) = 0 OR erp_orders.shipped = s.shipped_amount) THEN 0 ELSE 1 END
	FROM contracts c LEFT JOIN contract_cash s ON s.contract_id = c.id WHERE c.id = erp_orders.contract_id), 1);
CREATE INDEX erp_orders_apart ON erp_orders (apart, contract_id);
ALTER TABLE contracts ADD COLUMN ordered TINYINT NOT NULL DEFAULT 0;
CREATE INDEX contracts_ordered ON contracts (ordered, state, created_at);
CREATE INDEX requests_state ON requests (kind, state, record_id);

-- The sums of a month's statements and the largest of them, and the deliveries of a year, from the index alone.
CREATE INDEX statements_sums ON statements (month_on, state, closing, customer_id);
CREATE INDEX shipments_signed ON shipments (state, signed_on, promised_on, kind, owner_id, customer_id);
