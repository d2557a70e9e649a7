package bot

// OpenSpoolOf opens a spool that takes at most limit bytes.
func OpenSpoolOf(dir string, limit int64) (*Spool, error) { return openSpool(dir, limit) }
