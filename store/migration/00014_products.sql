ALTER TABLE products ADD COLUMN model VARCHAR(190) NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN unit VARCHAR(32) NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN industries VARCHAR(190) NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN talk VARCHAR(500) NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN cert_no VARCHAR(190) NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN cert_until DATE NULL;
ALTER TABLE products ADD COLUMN owner_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE products ADD COLUMN files VARCHAR(500) NOT NULL DEFAULT '[]';

-- Letters of authorisation (授权书): we, or a dealer of ours, may sell a product to a customer until a day.
CREATE TABLE authorisations (
	id          BIGINT NOT NULL PRIMARY KEY,
	customer_id BIGINT NOT NULL,
	product_id  BIGINT NOT NULL,
	no          VARCHAR(64) NOT NULL,
	until       DATE NOT NULL,
	file_id     BIGINT NOT NULL,
	state       VARCHAR(16) NOT NULL,
	created_by  BIGINT NOT NULL,
	created_at  DATETIME(6) NULL,
	version     BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX authorisations_customer ON authorisations (customer_id, until);
CREATE INDEX authorisations_product ON authorisations (product_id, until);
