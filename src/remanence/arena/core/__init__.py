"""The arena's shapes and measures: tasks and systems as protocols, scores, statistics, cells and their files."""
