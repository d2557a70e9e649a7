ALTER TABLE opportunities ADD COLUMN pipeline VARCHAR(64) NOT NULL DEFAULT '';
ALTER TABLE opportunities ADD COLUMN pipeline_version INT NOT NULL DEFAULT 1;

-- Every version of every pipeline that was ever configured: deals that began under one may still follow it.
CREATE TABLE pipelines (
	pipeline   VARCHAR(64) NOT NULL,
	version    INT NOT NULL,
	definition MEDIUMTEXT NOT NULL,
	at         DATETIME(6) NOT NULL,
	PRIMARY KEY (pipeline, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
