-- What became of a card: when it was first sent, and what the platform calls it. A row of its own, since the card's row would grow
-- with it and its page be written anew.
CREATE TABLE card_receipts (
	card_id BIGINT NOT NULL PRIMARY KEY,
	sent_at DATETIME(6) NOT NULL,
	receipt MEDIUMTEXT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
