"""State on the local machine: an SQLite database with the state of connectors and the data of the command line."""
