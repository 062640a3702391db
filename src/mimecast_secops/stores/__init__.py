"""Where state and alerts lie on a machine of one's own: SQLite, JSON lines, and memory for tests."""
