-- The bytes of attachments in parts, so that every replica can read what one of them fetched.
CREATE TABLE file_parts (
	file_id BIGINT NOT NULL,
	part    INT NOT NULL,
	bytes   MEDIUMBLOB NOT NULL,
	PRIMARY KEY (file_id, part)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Contacts that were found to be another one of the same customer. Their own row then has no customer; what was filed with
-- them stays as it was and counts for the other.
CREATE TABLE contact_merges (
	from_id     BIGINT NOT NULL PRIMARY KEY,
	into_id     BIGINT NOT NULL,
	customer_id BIGINT NOT NULL,
	merged_by   BIGINT NOT NULL,
	merged_at   DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX contact_merges_customer ON contact_merges (customer_id);
