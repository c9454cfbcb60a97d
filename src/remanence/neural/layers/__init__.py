"""One file per memory layer; each registers itself by name when the folder is scanned."""
