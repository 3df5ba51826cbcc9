import sys

from audits.indicators.command import main

if __name__ == "__main__":
    sys.exit(main(prog="python -m audits.indicators"))
