-- The rows behind what was invoiced and received in a period, of everyone and of some people.
CREATE INDEX invoices_issued ON invoices (issued_on, id);
CREATE INDEX invoices_owner_issued ON invoices (owner_id, issued_on, id);
CREATE INDEX payments_received ON payments (received_on, id);

-- The deals behind a funnel: who reached which stage when.
CREATE INDEX stage_entries_day ON stage_entries (day, opportunity_id);
CREATE INDEX stage_entries_person ON stage_entries (person_id, day, opportunity_id);
