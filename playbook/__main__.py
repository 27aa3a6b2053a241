"""`python -m playbook`: the command line where its script is not on the path."""

from playbook.cli import main

if __name__ == "__main__":
    main()
