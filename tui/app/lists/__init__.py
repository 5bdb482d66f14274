"""Rows, fields and sheets that several features share."""
