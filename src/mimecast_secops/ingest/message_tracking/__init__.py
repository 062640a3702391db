"""The message tracking source: search windows, the hold queue, details, and their events."""
