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
