"""The history in one SQLite file, or in memory."""
