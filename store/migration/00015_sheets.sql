-- Excel files that are read in (导入) or written out (导出). Whoever holds the claim works on it; seen is the last row done.
CREATE TABLE sheet_jobs (
	id            BIGINT NOT NULL PRIMARY KEY,
	kind          VARCHAR(32) NOT NULL,
	state         VARCHAR(16) NOT NULL,
	person_id     BIGINT NOT NULL,
	file_id       BIGINT NOT NULL,
	name          VARCHAR(255) NOT NULL,
	sha256        VARCHAR(64) NOT NULL,
	total         BIGINT NOT NULL,
	fresh         BIGINT NOT NULL,
	known         BIGINT NOT NULL,
	alike         BIGINT NOT NULL,
	wrong         BIGINT NOT NULL,
	written       BIGINT NOT NULL,
	seen          BIGINT NOT NULL,
	choice        VARCHAR(500) NOT NULL,
	columns_seen  TEXT NOT NULL,
	message       TEXT NOT NULL,
	result_id     BIGINT NOT NULL,
	face          BIGINT NOT NULL,
	created_at    DATETIME(6) NULL,
	updated_at    DATETIME(6) NULL,
	claimed_by    VARCHAR(64) NOT NULL,
	claimed_until DATETIME(6) NULL,
	attempts      INT NOT NULL,
	version       BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX sheet_jobs_state ON sheet_jobs (state, claimed_until);
CREATE INDEX sheet_jobs_person ON sheet_jobs (person_id, id);
CREATE INDEX sheet_jobs_file ON sheet_jobs (file_id);

CREATE TABLE sheet_rows (
	job_id  BIGINT NOT NULL,
	row_no  BIGINT NOT NULL,
	cells   TEXT NOT NULL,
	state   VARCHAR(8) NOT NULL,
	problem TEXT NOT NULL,
	cols    VARCHAR(64) NOT NULL,
	PRIMARY KEY (job_id, row_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX sheet_rows_state ON sheet_rows (job_id, state, row_no);
