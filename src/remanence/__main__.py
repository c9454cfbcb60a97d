"""`python -m remanence` is the command `remanence`."""

from remanence.serve.cli.start import main

if __name__ == "__main__":
    main()
