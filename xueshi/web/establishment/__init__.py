"""Regions, industries, organisations, duties and contacts: the same pages behind two doors."""
