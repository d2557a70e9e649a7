-- What became of what an application's approval was to bring about, in one word (done, failed): rules ask for it.
ALTER TABLE applications ADD COLUMN effect_state VARCHAR(16) NOT NULL DEFAULT '';

-- Earlier rows: what could not be done says so in the words that were written then.
UPDATE applications SET effect_state = 'done' WHERE effect_note <> '';

UPDATE applications SET effect_state = 'failed'
WHERE effect_note LIKE '%没放行%' OR effect_note LIKE '%没有改%' OR effect_note LIKE '%没有办%' OR effect_note LIKE '%办不了%';
