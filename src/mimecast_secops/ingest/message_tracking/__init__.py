"""The message tracking source: windows of searches, the hold queue, details, and the events they become."""
