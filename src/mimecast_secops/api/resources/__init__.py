"""The areas of the API: per file the functions of one area, its requests, and the records it answers with."""
