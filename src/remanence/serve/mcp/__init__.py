"""The Model Context Protocol: memory as tools and resources, over standard input and output or HTTP.

The messages are plain JSON-RPC, so the server needs no package beyond the core and answers at once from a cold
start. Specification: https://modelcontextprotocol.io, versions 2024-11-05 to 2025-11-25.
"""
