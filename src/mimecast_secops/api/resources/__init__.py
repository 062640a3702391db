"""The resources of the Mimecast API: each module has the endpoints, the requests and the records of one resource."""
