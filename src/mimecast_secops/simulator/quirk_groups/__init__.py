"""The quirks by subject. `quirks.Quirks` has all of them."""
