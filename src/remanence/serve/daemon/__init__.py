"""A process that stays open between commands: it answers hooks and reading commands over a unix socket."""
