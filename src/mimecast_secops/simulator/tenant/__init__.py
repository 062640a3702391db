"""The rules of the tenant. No HTTP in here."""
