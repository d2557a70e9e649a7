-- The company's own days off and days worked. region is empty for the whole company.
CREATE TABLE company_days (
	day    DATE NOT NULL,
	region VARCHAR(64) NOT NULL,
	kind   VARCHAR(16) NOT NULL,
	name   VARCHAR(64) NOT NULL,
	set_by BIGINT NOT NULL,
	set_at DATETIME(6) NOT NULL,
	PRIMARY KEY (day, region)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
