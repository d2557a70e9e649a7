-- What each person wants of pushes (推送设置): quiet hours of their own, hours at which the rest comes together, the chat they prefer.
CREATE TABLE push_prefs (
	person_id       BIGINT NOT NULL PRIMARY KEY,
	quiet_from      INT NOT NULL,
	quiet_to        INT NOT NULL,
	gather          VARCHAR(190) NOT NULL,
	channel         VARCHAR(32) NOT NULL,
	updated_at      DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
