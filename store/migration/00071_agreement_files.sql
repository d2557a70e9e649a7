-- An agreement is found by a file of it: the versions by theirs, what was added by who sent it.
CREATE INDEX agreement_versions_file ON agreement_versions (file_id);
CREATE INDEX agreements_owner ON agreements (owner_id);
