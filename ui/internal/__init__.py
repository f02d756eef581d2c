"""/internal: the pages of staff, one file for each. `ui.middleware.staff_only` admits nobody else."""
