"""The HTTP server: REST under /v1, described by OpenAPI, and a mem0-shaped prefix."""
