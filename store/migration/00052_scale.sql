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

-- Pages and lists in an order, or of a state, that few records have.
CREATE INDEX contracts_amount ON contracts (amount);
CREATE INDEX contracts_state ON contracts (state, id);
CREATE INDEX shipments_owner ON shipments (owner_id, id);
CREATE INDEX customers_known ON customers (owner_id, uscc, city);

-- Invoices of no contract, of some people: found without reading the others'.
CREATE INDEX invoices_free ON invoices (contract_id, kind, created_at, owner_id);
DROP INDEX invoices_loose ON invoices;
