-- Values of custom fields (自定义字段), one row for a field of a record. They stand in typed columns, so that they can be
-- searched and compared: num is money in fen, numbers and percentages in hundredths, yes as 1; ref_id a person, customer or product.
CREATE TABLE custom_values (
	id         BIGINT NOT NULL PRIMARY KEY,
	object     VARCHAR(32) NOT NULL,
	record_id  BIGINT NOT NULL,
	field      VARCHAR(32) NOT NULL,
	filled     TINYINT NOT NULL,
	text_value VARCHAR(300) NOT NULL,
	num        BIGINT NOT NULL,
	day        DATE NULL,
	ref_id     BIGINT NOT NULL,
	person_id  BIGINT NOT NULL,
	at         DATETIME(6) NOT NULL,
	version    BIGINT NOT NULL,
	CONSTRAINT custom_values_record UNIQUE (record_id, object, field)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX custom_values_text ON custom_values (object, field, text_value);
CREATE INDEX custom_values_num ON custom_values (object, field, num);
CREATE INDEX custom_values_day ON custom_values (object, field, day);
CREATE INDEX custom_values_ref ON custom_values (object, field, ref_id);

-- Records of types a company made up itself (自定义档案).
CREATE TABLE custom_records (
	id              BIGINT NOT NULL PRIMARY KEY,
	kind            VARCHAR(32) NOT NULL,
	no              VARCHAR(32) NOT NULL,
	customer_id     BIGINT NOT NULL,
	person_id       BIGINT NOT NULL,
	team_id         BIGINT NOT NULL,
	day             DATE NULL,
	filed_at        DATETIME(6) NOT NULL,
	state           VARCHAR(16) NOT NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL,
	CONSTRAINT custom_records_no UNIQUE (no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX custom_records_kind ON custom_records (kind, state, id);
CREATE INDEX custom_records_person ON custom_records (person_id, kind, id);
CREATE INDEX custom_records_customer ON custom_records (customer_id, id);
