-- What an application's approval brings about (放行 of a contract's goods, a field that changes), as JSON, and what became of it.
ALTER TABLE applications ADD COLUMN effect VARCHAR(500) NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN effect_note VARCHAR(255) NOT NULL DEFAULT '';
