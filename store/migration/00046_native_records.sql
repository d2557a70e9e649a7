-- A native approval is of any record under approval, which its request names; its form is kept as it was configured when the
-- record was submitted.
ALTER TABLE native_approvals DROP COLUMN contract_id;
ALTER TABLE native_approvals ADD COLUMN form MEDIUMTEXT NULL;

-- Papers added to a technical agreement beside its own text.
ALTER TABLE agreements ADD COLUMN files MEDIUMTEXT NULL;
CREATE INDEX agreements_customer ON agreements (customer_id, id);
