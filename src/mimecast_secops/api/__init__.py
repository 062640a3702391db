"""The Mimecast HTTP API, both generations, and nothing else."""
