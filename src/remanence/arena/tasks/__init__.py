"""Published benchmarks, read in the layout of their public downloads; one file each, one row in the catalogue."""
