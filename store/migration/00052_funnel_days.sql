-- funnel_days was replaced by funnel_sums in 00006; no release since then has written or read it.
DROP TABLE funnel_days;
