-- Which words gave which field of a filing, as visits have it (为什么). NULL where an earlier release filed it.
ALTER TABLE filings ADD COLUMN reasons VARCHAR(2000) NULL;
