-- Drafts that wait behind the open question: what a person began before and has not finished. NULL where an earlier
-- release wrote the dialogue.
ALTER TABLE dialogues ADD COLUMN shelf MEDIUMTEXT NULL;
