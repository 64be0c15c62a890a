package zkserver

// SnapshotAfter makes a Server over cfg take a snapshot after n bytes of log.
func SnapshotAfter(cfg *Config, n int64) { cfg.snapshotAfter = n }
