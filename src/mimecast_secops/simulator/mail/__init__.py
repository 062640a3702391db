"""Incoming messages: parsing `.eml` files, hold rules, and watching a folder."""
