"""`python -m remanence` is the command `remanence`."""

from remanence.serve.cli.start import process

if __name__ == "__main__":
    process()
