"""`python -m houqin` is the `houqin` command."""

from houqin.cli import main

main()
