CREATE TABLE api_tokens (
	id         BIGINT NOT NULL PRIMARY KEY,
	name       VARCHAR(64) NOT NULL,
	hash       VARCHAR(64) NOT NULL,
	person_id  BIGINT NOT NULL,
	scopes     TEXT NOT NULL,
	created_by BIGINT NOT NULL,
	created_at DATETIME(6) NOT NULL,
	revoked_at DATETIME(6) NULL,
	version    BIGINT NOT NULL,
	CONSTRAINT api_tokens_hash UNIQUE (hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What was answered to requests that wrote, so that the same request again gets the same answer.
CREATE TABLE api_answers (
	id           VARCHAR(96) NOT NULL PRIMARY KEY,
	request_hash VARCHAR(64) NOT NULL,
	body         MEDIUMTEXT NOT NULL,
	at           DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX api_answers_at ON api_answers (at);
