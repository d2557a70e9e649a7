-- The rows behind what was invoiced and received in a period, of everyone and of some people.
CREATE INDEX invoices_issued ON invoices (issued_on, id);
CREATE INDEX invoices_owner_issued ON invoices (owner_id, issued_on, id);
CREATE INDEX payments_received ON payments (received_on, id);
