"""Spreadsheets of people: read in a child process (`reading`), checked in columns, applied in pieces."""
