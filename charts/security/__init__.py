"""What judges everything else."""
