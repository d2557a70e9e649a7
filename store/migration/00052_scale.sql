-- funnel_days was replaced by funnel_sums in 00006; no release since then has written or read it.
DROP TABLE funnel_days;

-- Marks of contracts that go together with their papers (moved) and visits (seen), so that the list of differences reads only the
-- others. They are set a day later by a job; 0 says nothing.
ALTER TABLE contracts ADD COLUMN moved TINYINT NOT NULL DEFAULT 0;
ALTER TABLE contracts ADD COLUMN seen TINYINT NOT NULL DEFAULT 0;
CREATE INDEX contracts_moved ON contracts (moved, state, created_at);
CREATE INDEX contracts_seen ON contracts (seen, state, created_at);

-- Whether a customer signed before, and how long invoices take, from the index alone.
CREATE INDEX contracts_first ON contracts (customer_id, state, id);
CREATE INDEX contract_cash_delay ON contract_cash (first_signed_on, first_invoiced_on, owner_id);
DROP INDEX contract_cash_signed ON contract_cash;
