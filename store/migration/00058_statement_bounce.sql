-- Why a statement's mail did not arrive: the reason of its delivery, empty when it did or was not mailed.
ALTER TABLE statements ADD COLUMN mail_trouble VARCHAR(40) NOT NULL DEFAULT '';
CREATE INDEX statements_owner ON statements (owner_id, state);
