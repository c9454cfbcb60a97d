"""Talk as people write it - fragments, changes, ends, corrections - read for statements."""
