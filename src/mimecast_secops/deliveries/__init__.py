"""Places that alerts go to."""
