"""`python -m nigoh` is the command `nigoh`."""

from nigoh.cli.main import main

main()
