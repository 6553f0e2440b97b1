"""Our own state as files: snapshots, plans, receipts and the ledger."""
