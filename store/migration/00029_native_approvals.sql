-- Approvals whose place is a platform's own (WeCom 审批, DingTalk OA审批): which of ours is which of theirs, and what is to be
-- done about it next. A row is created with the request and ends with it.
CREATE TABLE native_approvals (
	id          BIGINT NOT NULL PRIMARY KEY,
	request_id  BIGINT NOT NULL,
	contract_id BIGINT NOT NULL,
	mark        VARCHAR(64) NOT NULL,
	platform    VARCHAR(32) NOT NULL,
	template    VARCHAR(128) NOT NULL,
	ref         VARCHAR(128) NOT NULL,
	state       VARCHAR(16) NOT NULL,
	seen        MEDIUMTEXT NOT NULL,
	reason      VARCHAR(2000) NOT NULL,
	begun_at    DATETIME(6) NULL,
	next_at     DATETIME(6) NOT NULL,
	attempts    INT NOT NULL,
	quiet       INT NOT NULL,
	created_at  DATETIME(6) NOT NULL,
	version     BIGINT NOT NULL,
	CONSTRAINT native_approvals_request UNIQUE (request_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX native_approvals_next ON native_approvals (state, next_at);
CREATE INDEX native_approvals_ref ON native_approvals (platform, ref);
