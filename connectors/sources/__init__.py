"""Where contacts are read: one file per kind of source, one registry line each."""
