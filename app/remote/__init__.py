"""What the command line asks of a running service, over HTTP like everybody else."""
