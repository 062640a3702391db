"""Mail coming in: reading `.eml` files, deciding what is held, and watching a folder."""
