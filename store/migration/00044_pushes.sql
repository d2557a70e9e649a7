-- Since when a contract waits for those it waits for now: what reminds them counts from it.
ALTER TABLE contracts ADD COLUMN turn_at DATETIME(6) NULL;

UPDATE contracts SET turn_at = (SELECT r.step_since FROM requests r WHERE r.id = contracts.request_id) WHERE state = 'pending';

-- Scanned codes of customers (扫码), each time one.
CREATE TABLE scans (
	id              BIGINT NOT NULL PRIMARY KEY,
	customer_id     BIGINT NOT NULL,
	person_id       BIGINT NOT NULL,
	scanned_at      DATETIME(6) NOT NULL,
	source_event_id VARCHAR(255) NOT NULL,
	version         BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX scans_customer ON scans (customer_id, scanned_at);
CREATE INDEX scans_person ON scans (person_id, scanned_at);

-- What a rule told people of today is counted.
CREATE INDEX incidents_opened ON incidents (rule_id, opened_at);

-- Reminders that were written before the rules of the pack took them over: the rules find what waits anew. The warning of a
-- customer that goes back to the pool leaves its recall as it is.
UPDATE dues SET state = 'cancelled', reason = 'rules do that now'
WHERE state = 'pending' AND kind IN (
	'approval.remind', 'sample.feedback', 'filing.accept', 'scan.photo', 'lead.remind', 'lead.escalate', 'lead.contact', 'pool.remind',
	'fresh.scan', 'calibration.scan', 'product.certificate', 'authorisation.expires', 'plan.checkin', 'visit.companion'
);

-- What these had opened is told by rules now.
UPDATE incidents SET state = 'resolved', resolution = '规则接手'
WHERE state = 'open' AND kind IN ('lead.unanswered', 'customer.idle', 'fact.stale');
