"""`python -m remanence` is the command `remanence`."""

from remanence.serve.cli.app import main

if __name__ == "__main__":
    main()
