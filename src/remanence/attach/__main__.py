"""`python -m remanence.attach`."""

from remanence.attach.command import main

main()
